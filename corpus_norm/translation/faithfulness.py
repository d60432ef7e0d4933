"""The audit under the name it was first documented with; :mod:`corpus_norm.audit` is its home.

>>> from corpus_norm.translation.faithfulness import audit
>>> [flag.value for flag in audit("Elle a perdu 7 milliards.", "It lost 7 million.", "fr").flags]
['amount_changed']
"""

from corpus_norm.audit import Amount, AmountKind, AmountPair, AmountState, Audit, amounts, audit

__all__ = ["Amount", "AmountKind", "AmountPair", "AmountState", "Audit", "amounts", "audit"]
