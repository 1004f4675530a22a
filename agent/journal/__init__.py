"""What cannot be read back from any system, in one SQLite file."""
