"""``convert --to``: documents to standard output as they are done, rejects to another place."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from corpus_norm.cli.console import print_note
from corpus_norm.errors import DatasetExistsError, InputError
from corpus_norm.values import to_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus_norm.conversion import Stream

FORMS = ("jsonl", "arrow")
"""Forms of a stream: JSON Lines, and the stream of Arrow IPC."""


def check_targets(
    inputs: Sequence[str], targets: Sequence[Path | None], *, overwrite: bool
) -> None:
    """Check that the files of a stream cost no other file: no input, and none that is there.

    Raises:
        InputError: an input does not exist, or a target is an input, or in a folder of inputs.
        DatasetExistsError: a target is there already.
    """
    from corpus_norm.sources.files import list_names, reaches, resolve_inputs

    named = [path for path in targets if path is not None and path != Path("-")]
    files = [path for path in named if path.is_file() or not path.exists()]  # no device, no pipe
    if len({path.resolve() for path in files}) < len(files):
        raise InputError(f"{files[0]} cannot take both documents and rejects; name two files")
    for path in files:
        for root in resolve_inputs(list_names(inputs)):
            if reaches(root, path):
                raise InputError(
                    f"{path} is among the inputs ({root.source}); write to another place",
                    subject=str(path),
                )
        if path.is_file() and not overwrite:
            raise DatasetExistsError(
                f"{path} exists already; choose another name, or pass --overwrite to replace it",
                subject=str(path),
            )


def write_stream(stream: Stream, form: str, output: Path | None, rejects: Path | None) -> int:
    """Write the documents of a stream, and its rejects as JSON Lines; return their number.

    Nothing but documents goes to standard output, and nothing but rejects to their file.

    Raises:
        InputError: a file cannot be written.
    """
    write = _write_lines if form == "jsonl" else _write_arrow
    with _open(output, sys.stdout) as file, _open(rejects, sys.stderr) as lost:
        write(stream, file, lost)
    done = stream.progress
    counts = {"what": "summary", "documents": done.documents, "rejects": done.rejects}
    print_note(f"{done.documents:,} documents, {done.rejects:,} rejected", counts)
    return done.rejects


def _write_lines(stream: Stream, file: IO[bytes], lost: IO[bytes]) -> None:
    from corpus_norm.document import Document

    for item in stream:
        target = file if isinstance(item, Document) else lost
        target.write(f"{to_line(stream.to_dict(item))}\n".encode())
        target.flush()


def _write_arrow(stream: Stream, file: IO[bytes], lost: IO[bytes]) -> None:
    import pyarrow as pa

    from corpus_norm.dataset import DOCUMENTS, batch_to_rejections, split_results
    from corpus_norm.dataset.columns import add_columns, extend

    schema = extend(DOCUMENTS, stream.columns)
    with pa.ipc.new_stream(pa.PythonFile(file, "w"), schema) as writer:
        for batch in stream.batches():
            documents = split_results(batch)[0]
            writer.write_batch(add_columns(documents, stream.columns))
            file.flush()
            for item in batch_to_rejections(batch):
                lost.write(f"{to_line(stream.to_dict(item))}\n".encode())
            lost.flush()


@contextlib.contextmanager
def _open(path: Path | None, standard: Any) -> Iterator[IO[bytes]]:  # noqa: ANN401 -- any stream
    """Open a file for bytes; a standard stream is flushed and stays open."""
    if path is None or path == Path("-"):
        standard.flush()
        yield standard.buffer
        standard.buffer.flush()
        return
    try:
        with path.open("wb") as file:
            yield file
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}", subject=str(path)) from error
