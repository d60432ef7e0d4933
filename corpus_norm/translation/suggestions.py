"""Suggestions for a glossary under the name they were first documented with.

Their home is :mod:`corpus_norm.translation.glossary`; ``corpus_norm.suggest_glossary`` is the usual
way to them.

>>> from corpus_norm.translation.suggestions import suggest
>>> suggest([], "fr")
[]
"""

from corpus_norm.translation.glossary import Suggestion, suggest, suggest_glossary

__all__ = ["Suggestion", "suggest", "suggest_glossary"]
