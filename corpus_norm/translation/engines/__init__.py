"""Translation engines behind one protocol: Argos packages, phrase tables, language models."""
