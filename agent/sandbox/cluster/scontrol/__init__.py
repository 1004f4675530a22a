"""scontrol: the controller's configuration, partitions and nodes."""
