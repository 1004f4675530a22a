"""Frozen values in the words of each system."""
