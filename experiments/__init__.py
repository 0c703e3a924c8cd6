"""What is tried: declarations only. Imports the standard library and nothing else."""
