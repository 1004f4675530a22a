"""The site agent: an HPC cluster and a GLAuth directory, kept equal to a Waldur marketplace."""

__version__ = "0.1.0"
