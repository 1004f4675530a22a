"""The only place that sequences effects."""
