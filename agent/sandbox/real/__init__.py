"""Real servers, started without systemd on loopback, for the tests and the demo."""
