"""The embedded marketplace."""
