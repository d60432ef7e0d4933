"""Training of the body-or-furniture model; see README.md in this folder."""
