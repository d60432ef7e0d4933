"""A translation adapter (LoRA) for a small GGUF language model; see the README beside this file."""
