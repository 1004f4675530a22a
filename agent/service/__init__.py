"""The daemon: lanes, systemd notifications, metrics."""
