"""Boilerplate from body: every block labelled with what it is, none dropped."""

from corpus_norm.boilerplate.classifier import classify, classify_blocks
from corpus_norm.boilerplate.lexicon import Lexicon, load_lexicon

__all__ = ["Lexicon", "classify", "classify_blocks", "load_lexicon"]
