"""An embedded Slurm: the commands an agent uses, as launchers in a folder, over one SQLite file.

It speaks as Slurm 22.05 does: texts, exit codes and rules were taken from that version. What it does not know it
refuses plainly; it never answers "nothing" to a question it did not understand. It differs from Slurm in being one
cluster, in writing safely from several processes at once, and in never ending a job by itself.
"""
