"""``python -m training.phrases.align``: align words with eflomal.

eflomal (Östling and Tiedemann 2016, "Efficient word alignment with Markov chain Monte Carlo")
aligns in both directions; :mod:`training.phrases.extract` merges the two alignments.  Writes
``LANGUAGE.forward`` and ``LANGUAGE.reverse``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from corpus_norm.translation.engines.phrases.tokens import JOIN


def align(work: Path, language: str, effort: float = 1.0) -> None:
    """Align the sentences of a language; ``effort`` scales the number of samples."""
    plain = work / f"{language}.plain"
    with (
        (work / f"{language}.english").open(encoding="utf-8") as english,
        plain.open("w", encoding="utf-8") as file,
    ):
        # Case and the markers of glued tokens do not matter for alignment.
        file.writelines(line.lower().replace(JOIN, "") for line in english)
    command = [str(Path(sys.executable).parent / "eflomal-align"), "--overwrite", "--model", "3"]
    command += ["--length", str(effort), "--source", str(work / f"{language}.source")]
    command += ["--target", str(plain), "--forward-links", str(work / f"{language}.forward")]
    command += ["--reverse-links", str(work / f"{language}.reverse")]
    subprocess.run(command, check=True)  # noqa: S603 -- our own arguments
    plain.unlink()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.phrases.align", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder that corpus filled")
    parser.add_argument("--languages", nargs="+", default=["fr", "zh"])
    parser.add_argument("--effort", type=float, default=1.0, help="scales the number of samples")
    options = parser.parse_args()
    for language in options.languages:
        align(options.work, language, options.effort)
        print(f"{language}: aligned", flush=True)


if __name__ == "__main__":
    main()
