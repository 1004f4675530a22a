"""GLAuth: render, swap, prove."""
