"""The systems on the cluster side: Slurm and GLAuth."""
