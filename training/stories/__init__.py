"""The recipe of the two files that the search for stories reads: weights and background."""
