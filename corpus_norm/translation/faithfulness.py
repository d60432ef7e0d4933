"""The audit by its former name: ``corpus_norm.audit`` is where it lives."""

from __future__ import annotations

from corpus_norm.audit import Amount, AmountKind, AmountPair, AmountState, Audit, amounts, audit

__all__ = ["Amount", "AmountKind", "AmountPair", "AmountState", "Audit", "amounts", "audit"]
