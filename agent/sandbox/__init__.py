"""Embedded stand-ins of the marketplace and the cluster, for the demo and for tests."""
