"""llama.cpp in a child process: start it, wait for it, and restart it after a crash."""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from corpus_norm.errors import ModelError, ModelIntegrityError
from corpus_norm.faults import logger
from corpus_norm.translation.engines.llm import host
from corpus_norm.translation.engines.llm.client import (
    HAS_UNIX_SOCKETS,
    Address,
    Answer,
    ChatClient,
    ServerError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LIBRARY = "xllamacpp"
STARTS = 4
"""The number of attempts to start the process before an error."""

ANSWER_S = 900.0
"""The time limit of an answer; it takes minutes where many processes share a processor."""

_PRIMERS = ".-"  # one token each
_PROGRAM = (sys.executable, "-P", host.__file__)
_STOP_S = 10.0
_DEATH_S = 2.0  # from the end of its connection to the end of the process
_SHOWN = 300  # characters of what a process wrote before it died


def describe_library() -> str:
    """Return the name and version of the binding to llama.cpp.

    Raises:
        ModelError: it is not installed, or this Python cannot talk to it.
    """
    if not HAS_UNIX_SOCKETS:
        raise ModelError(
            "engine llm needs Unix sockets, which Python does not have here; run the model in a "
            "server, and use --engine server",
            subject=LIBRARY,
        )
    if find_spec(LIBRARY) is None:
        raise ModelError(
            f"language models need {LIBRARY}; install it: pip install 'corpus-norm[llm]'",
            subject=LIBRARY,
        )
    return f"{LIBRARY} {metadata.version(LIBRARY)}"


class LocalClient(ChatClient):
    """The client of our own process, whose answers do not depend on the questions before.

    llama.cpp does not read the part of a prompt that it shares with the one before, and it rounds
    differently when it reads a few tokens than when it reads many.  The shared part is therefore
    always all messages but the last, which :meth:`prime` has it read.
    """

    def __init__(self, revive: Callable[[], object]) -> None:
        super().__init__(Address("localhost"), timeout_s=ANSWER_S, attempts=2, revive=revive)
        self._lock = threading.Lock()
        self._shared: Sequence[Mapping[str, str]] = ()
        self._start = ""  # of the last message before; empty if it is not known

    def complete(
        self,
        messages: Sequence[Mapping[str, str]],
        max_tokens: int,
        options: Mapping[str, object] | None = None,
    ) -> Answer:
        """Return the model's most probable answer to the last message.

        Raises:
            ServerError: the process cannot be reached, or answers with an error.
        """
        *shared, last = messages
        start = last["content"][:1]
        with self._lock:
            is_new = shared != self._shared or not self._start
            if is_new or start == self._start:
                self._shared = shared
                self.prime(start, anew=is_new)
            self._start = ""
            answer = super().complete(messages, max_tokens, options)
            self._start = start
            return answer

    def prime(self, start: str = "", *, anew: bool = True) -> None:
        """Ask about a text that does not begin with ``start``; ``anew`` forgets what was read."""
        text = next(sign for sign in _PRIMERS if sign != start)
        messages = [*self._shared, {"role": "user", "content": text}]
        with contextlib.suppress(ServerError):  # the question itself then fails too
            self.ask(messages, 1, {"cache_prompt": not anew}, 1)


class LocalModel:
    """A language model in a child process, which is started at the first request.

    A process that dies is restarted, and the request that killed it is repeated once.  The process
    ends with ours, even if ours is killed.

    Args:
        model: the GGUF file.
        threads: CPU threads for llama.cpp.
        program: the command to run instead of our own program.
    """

    def __init__(self, model: Path, threads: int = 1, program: Sequence[str] = _PROGRAM) -> None:
        self._command = [*program, str(model), "--threads", str(threads)]
        self._model = model
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None  # of the socket
        self._client = LocalClient(self._revive)
        atexit.register(self.stop)

    @property
    def process_id(self) -> int | None:
        """The id of the process, or None if it does not run."""
        is_running = self._process is not None and self._process.poll() is None
        return self._process.pid if self._process and is_running else None

    def start(self) -> LocalClient:
        """Start the process unless it runs, and return its client.

        Raises:
            ModelIntegrityError: the process cannot be started with this model.
        """
        with self._lock:
            if self.process_id is not None:
                return self._client
            for _ in range(STARTS):
                self._end()
                code, message = self._try_to_start()
                if self.process_id is not None:
                    return self._client
                if code >= 0:  # not ended by a signal, so it would end again
                    break
                logger.warning("llama.cpp died as it started (signal %d); starting again", -code)
        raise ModelIntegrityError(
            f"llama.cpp cannot load {self._model} (exit code {code}: {message or 'no message'}); "
            "check that the file is whole and that the memory suffices",
            subject=str(self._model),
        )

    def stop(self) -> None:
        """End the process if it runs."""
        with self._lock:
            self._end()

    def _revive(self) -> None:
        """Wait for a process that is ending, and restart one that died."""
        process = self._process
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_DEATH_S)
        self.start().prime()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or process.stdin is None or process.stdout is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()  # at which the process ends
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        if self._folder is not None:  # which a process that was killed leaves behind
            self._folder.cleanup()

    def _try_to_start(self) -> tuple[int, str]:
        """Start the process and wait until it is ready; return exit code and last line if not."""
        self._folder = tempfile.TemporaryDirectory(
            prefix="corpus-norm-", ignore_cleanup_errors=True
        )  # for this user alone
        unix = Path(self._folder.name) / "model.sock"
        # Threads that wait in a loop take the processor from the threads they wait for.
        environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
        with tempfile.TemporaryFile() as errors:
            process = self._process = subprocess.Popen(  # noqa: S603 -- our own program
                [*self._command, "--socket", str(unix)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
            )
            assert process.stdout is not None  # noqa: S101 -- for the type checker
            if process.stdout.readline().strip() == host.READY.encode():
                self._client.address = Address("localhost", unix=unix)
                return 0, ""
            self._end()
            errors.seek(0)
            lines = errors.read().decode("utf-8", "replace").split("\n")
        return process.returncode, next((line for line in reversed(lines) if line), "")[:_SHOWN]
