"""Does the English say what the original says?  Checked sentence by sentence, without a reference.

Amounts, currencies, percentages and dates are read on both sides by the tables of the language
records and compared by value; denials, names, addresses and quotation marks must be on both sides;
loops, echoes and the wrong language are told from the output alone.
"""

from __future__ import annotations

from corpus_norm.audit.amounts import Amount
from corpus_norm.audit.auditing import Audit, audit
from corpus_norm.audit.finding import amounts
from corpus_norm.audit.matching import AmountPair
from corpus_norm.labels import AmountKind, AmountState

__all__ = ["Amount", "AmountKind", "AmountPair", "AmountState", "Audit", "amounts", "audit"]
