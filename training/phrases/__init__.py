"""Training of a package of phrase tables from parallel text; see README.md in this folder."""
