"""``faults.log``: the tracebacks of the faults that a conversion met, for a report to us.

It lies beside the tables and is no part of the dataset: no row depends on it; it may be removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from corpus_norm.faults import Fault

FAULTS_NAME = "faults.log"
FAULTS_MARK = "faults of corpus_norm"
_HEAD = f"""{FAULTS_MARK}: each cost the document that met it, and no other.
Please report them, if you can with a document: what is below names it.
"""
_TRACES = 100  # different ones that are written in full


class FaultLog:
    """Writes faults down, each different traceback once.

    Args:
        folder: that of the dataset.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FAULTS_NAME
        self.count = 0
        self._seen: dict[str, int] = {}

    def clear(self) -> None:
        """Remove the log of other work."""
        self.path.unlink(missing_ok=True)

    def add(self, faults: list[Fault]) -> None:
        """Append faults.

        Raises:
            OSError: they cannot be written.
        """
        if not faults:
            return
        self.count += len(faults)
        is_new = not self.path.exists()
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(_HEAD if is_new else "")
            file.writelines(map(self._describe, faults))

    def _describe(self, fault: Fault) -> str:
        number = self._seen.get(fault.trace)
        if number is None and len(self._seen) < _TRACES:
            number = self._seen[fault.trace] = len(self._seen) + 1
            return f"\n{fault}\ntraceback {number} of this run:\n{fault.trace.rstrip()}\n"
        told = f"traceback {number}" if number else "further tracebacks are left out"
        return f"\n{fault}\n({told})\n"
