"""From parallel text to a package of phrase tables: see training/phrases/README.md."""
