"""The recipe of the audit's word lexicon and of its score."""
