"""sacctmgr: its language, and one file for each command."""
