"""Who a name is to the host and to a directory, and the names that a directory has for people."""
