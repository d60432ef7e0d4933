"""The log of the library on standard error: lines for people, or JSON for programs."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from corpus_norm.cli.console import LogHandler
from corpus_norm.faults import logger

if TYPE_CHECKING:
    from typing import Literal

    Level = Literal["debug", "info", "warning", "error"]


def start_log(level: Level, *, as_json: bool) -> None:
    """Log from this level on, in place of the handler for warnings alone."""
    logger.setLevel(level.upper())
    if as_json:
        for each in list(logger.handlers):
            logger.removeHandler(each)
        logger.addHandler(JsonHandler())
    elif not any(isinstance(each, LogHandler) for each in logger.handlers):
        logger.addHandler(LogHandler())
    logger.propagate = False


class JsonHandler(logging.Handler):
    """Write each record as one line of JSON: time (UTC), level, message, and its facts."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; an ``event`` in it gives its facts, a ``fault`` its traceback."""
        facts = dict(getattr(record, "event", {}))
        if (fault := getattr(record, "fault", None)) is not None:
            facts |= {"what": "fault", "trace": fault.trace}
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage().splitlines()[0],
            **facts,
        }
        sys.stderr.write(json.dumps(line, ensure_ascii=True) + "\n")
