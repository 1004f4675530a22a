"""The Waldur marketplace over HTTP."""
