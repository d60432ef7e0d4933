"""Benchmarks: commands that print ours beside the peers in the same run."""
