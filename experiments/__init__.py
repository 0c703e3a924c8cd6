"""What is tried: declarations only. Imports the standard library and the one form of error, nothing else."""
