"""Training of the models that tell body from boilerplate; see README.md in this folder."""
