"""Bylines: the names of the people who wrote an article, in a line or a credit."""
