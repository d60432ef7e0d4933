"""Arrow IPC, both as a stream and as a file (Feather 2): a record batch in memory at a time.

The file format is the stream format between two marks, so that both are read from end to end, and
the batches before a cut are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_norm.sources.arrow_messages import split_messages
from corpus_norm.sources.streams import ChunkFile, CutError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus_norm.document import RawDocument, Rejection
    from corpus_norm.settings import InputSettings


def read_arrow(
    chunks: Iterator[bytes], source: str, settings: InputSettings
) -> Iterator[RawDocument | Rejection]:
    """The rows of an Arrow file or stream; the record index is the row.

    Raises:
        InputError: it is damaged or cut off; the batches before that have been delivered.
    """
    import pyarrow as pa

    from corpus_norm.sources.columns import choose_columns, read_rows

    file = ChunkFile(split_messages(ChunkFile(chunks)))
    first = 0
    try:
        with pa.ipc.open_stream(pa.PythonFile(file, "r")) as reader:
            names = choose_columns(reader.schema, settings)
            for batch in reader:
                batch.validate()
                yield from read_rows(batch, names, source, first, settings)
                first += batch.num_rows
    except (pa.ArrowException, OSError, ValueError, IndexError, KeyError, MemoryError) as error:
        if getattr(error, "errno", None):
            raise
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise CutError(
            f"the Arrow data are damaged or cut off behind row {first} ({reason}); get the file "
            "again"
        ) from error
