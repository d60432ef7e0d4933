"""The client of an OpenAI-compatible server: one chat request and its answer, with retries.

The request is ``POST /v1/chat/completions`` (platform.openai.com/docs/api-reference/chat), which
llama.cpp's server, Ollama and vLLM share.  Redirects are not followed and no proxy is used, so
texts go to the address of the settings and nowhere else.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import os
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus_norm.errors import ModelError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

KEY_VARIABLE = "CORPUS_NORM_SERVER_KEY"
"""The environment variable with the API key of a server; a key is never stored or printed."""

HAS_UNIX_SOCKETS = hasattr(socket, "AF_UNIX")
"""Whether this Python has Unix sockets, which Windows does not provide."""

ATTEMPTS = 4
_FIRST_PAUSE_S = 0.5  # before the second attempt; each further one waits twice as long
_LONGEST_PAUSE_S = 20.0  # that a server may ask for in Retry-After
_PROBE_S = 5.0  # time limit of the probe of a failed server, and pause after a failed probe
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})  # answers of a server that may recover
_MAX_ANSWER_BYTES = 16 * 1024 * 1024
_SHOWN = 200  # characters of an answer in an error message


class ServerError(RuntimeError):
    """A request failed: the server cannot be reached, or answers with an error."""


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a server: a host and port, with TLS or without, or a Unix socket.

    ``path`` comes before ``/chat/completions``.
    """

    host: str
    port: int = 0
    path: str = "/v1"
    secure: bool = False
    unix: Path | None = None

    @property
    def is_local(self) -> bool:
        """Whether the server can only be on this machine.

        >>> [Address(host).is_local for host in ("127.0.0.1", "::1", "localhost", "10.0.0.7")]
        [True, True, True, False]
        """
        if self.unix is not None or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        if self.unix is not None:
            return str(self.unix)
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' * self.secure}://{host}:{self.port}{self.path}"


def read_address(url: str) -> Address:
    """Return the address in a URL.

    >>> str(read_address("http://127.0.0.1:8080/v1/")), str(read_address("https://[::1]"))
    ('http://127.0.0.1:8080/v1', 'https://[::1]:443/v1')

    Raises:
        SettingsError: it is no http or https URL, or has a user, a query or a fragment.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    extra = parts.username or parts.password or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not parts.hostname or extra:
        raise SettingsError(
            f"{url!r} is no address of a server; give one as http://127.0.0.1:8080/v1 "
            f"(an API key goes into the environment variable {KEY_VARIABLE})",
            subject="settings.translation.server_url",
        )
    secure = parts.scheme == "https"
    path = parts.path.rstrip("/") or "/v1"
    return Address(parts.hostname, port or (443 if secure else 80), path, secure)


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer, with the number of its tokens; ``at_cap`` says whether it was cut.

    ``score`` is the mean log-probability of the tokens, or 0 if the server gives none.
    """

    text: str
    score: float
    tokens: int
    at_cap: bool


class ChatClient:
    """Sends chat requests to one server; threads may share it.

    A request that fails for a temporary reason is repeated after 0.5, 1 and 2 seconds, or the delay
    that the server asks for.  After a final failure, the next request first asks for the list of
    models; without an answer, all requests of the next 5 seconds fail at once.  A dead server thus
    does not cost its time-out for each sentence, and one that recovers is used again.

    Args:
        address: the address of the server.
        model: the name of the model, if the server has several.
        timeout_s: the time limit of an answer, in seconds.
        attempts: the number of attempts per request.
        revive: called before a request is repeated because the connection broke.
    """

    def __init__(
        self,
        address: Address,
        model: str = "",
        timeout_s: float = 120.0,
        attempts: int = ATTEMPTS,
        revive: Callable[[], object] | None = None,
    ) -> None:
        self.address = address
        self.model = model
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._revive = revive
        self._is_doubtful = False
        self._rests_until = 0.0

    def complete(
        self,
        messages: Sequence[Mapping[str, str]],
        max_tokens: int,
        options: Mapping[str, object] | None = None,
    ) -> Answer:
        """Return the model's most probable answer to the last message.

        Raises:
            ServerError: the server cannot be reached, or answers with an error.
        """
        return self.ask(messages, max_tokens, options or {}, self._attempts)

    def ask(
        self,
        messages: Sequence[Mapping[str, str]],
        max_tokens: int,
        options: Mapping[str, object],
        attempts: int,
    ) -> Answer:
        """Return the answer, as :meth:`complete` does, after at most so many attempts.

        Raises:
            ServerError: the server cannot be reached, or answers with an error.
        """
        body = {
            "messages": messages,
            "max_tokens": max_tokens,
            "temperature": 0,
            "seed": 0,
            "logprobs": True,
            "stream": False,
            **options,
        }
        if self.model:
            body["model"] = self.model
        return _read_answer(self._request("POST", "/chat/completions", body, attempts))

    def list_models(self) -> list[str]:
        """Return the names of the models that the server has.

        Raises:
            ServerError: the server cannot be reached, or answers with an error.
        """
        found = self._request("GET", "/models", None, 1)
        try:
            return [str(each["id"]) for each in found["data"]]
        except (KeyError, TypeError) as error:
            raise _unusable(found) from error

    def _request(self, method: str, path: str, body: object, attempts: int) -> dict[str, Any]:
        """Send a request and return the JSON object of the answer.

        Raises:
            ServerError: all attempts failed, or one failed for a permanent reason.
        """
        if self._is_doubtful:
            self._probe()
        pause = _FIRST_PAUSE_S
        for attempt in range(1, attempts + 1):
            try:
                status, after, data = self._send(method, path, body, self._timeout_s)
            except (OSError, http.client.HTTPException) as error:
                failure = f"{self.address}: {_one_line(error)}"
                wait = pause
                if self._revive is not None and attempt < attempts:
                    self._revive()
                    wait = 0.0
            else:
                if status == http.client.OK:
                    return _read_object(data)
                message = " ".join(data[:_SHOWN].decode("utf-8", "replace").split())
                failure = f"{self.address} answered {status}: {message}"
                if status not in _BUSY:
                    raise ServerError(failure)
                wait = max(pause, min(after, _LONGEST_PAUSE_S))
            if attempt < attempts:
                time.sleep(wait)
                pause *= 2
        self._is_doubtful = self._revive is None
        raise ServerError(failure)

    def _probe(self) -> None:
        """Raise an error unless the server answers; ask it at most once in 5 seconds."""
        if time.monotonic() < self._rests_until:
            raise ServerError(f"{self.address} did not answer a moment ago")
        try:
            self._send("GET", "/models", None, min(_PROBE_S, self._timeout_s))
        except (OSError, http.client.HTTPException) as error:
            self._rests_until = time.monotonic() + _PROBE_S
            raise ServerError(f"{self.address}: {_one_line(error)}") from error
        self._is_doubtful = False

    def _send(
        self, method: str, path: str, body: object, timeout_s: float
    ) -> tuple[int, float, bytes]:
        """Send a request once; return the status, the seconds of Retry-After, and the body."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key := os.environ.get(KEY_VARIABLE):
            headers["Authorization"] = f"Bearer {key}"
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        # One connection per request: its cost is negligible beside an answer of seconds.
        with contextlib.closing(self._connect(timeout_s)) as connection:
            connection.request(method, self.address.path + path, data, headers)
            response = connection.getresponse()
            content = response.read(_MAX_ANSWER_BYTES)
        after = response.headers.get("Retry-After", "")
        return response.status, float(after) if after.isdecimal() else 0.0, content

    def _connect(self, timeout_s: float) -> http.client.HTTPConnection:
        where = self.address
        if where.unix is not None:
            return _UnixConnection(where.unix, timeout_s)
        if where.secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(
                where.host, where.port, timeout=timeout_s, context=context
            )
        return http.client.HTTPConnection(where.host, where.port, timeout=timeout_s)


class _UnixConnection(http.client.HTTPConnection):
    """A connection to a Unix socket."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path
        self._timeout_s = timeout_s

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self._timeout_s)
        self.sock.connect(str(self._path))


def check_server(client: ChatClient, *, allow_remote: bool) -> str:
    """Check that a server can be used; return the name of its model.

    Raises:
        SettingsError: it is on another machine, and this is not allowed.
        ModelError: it cannot be reached, or has no such model.
    """
    address = client.address
    if not address.is_local and not allow_remote:
        raise SettingsError(
            f"{address} is another machine, which would see the texts; if that is intended, say "
            "so: --server-allow-remote (settings: server_allow_remote = true)",
            subject="settings.translation.server_url",
        )
    try:
        names = client.list_models()
    except ServerError as error:
        raise ModelError(
            f"no translation server: {error}; start one, such as "
            "'llama-server -m FILE.gguf --port 8080' or 'ollama serve', or correct --server-url",
            subject=str(address),
        ) from error
    if client.model in names:
        return client.model
    if not client.model and len(names) == 1:
        return names[0]
    missing = f"has no model {client.model!r}" if client.model else "has several models"
    raise ModelError(
        f"{address} {missing if names else 'has no model'}; choose one by --server-model: "
        f"{', '.join(names) or 'none is loaded'}",
        subject=str(address),
    )


def _read_object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unusable(data[:_SHOWN]) from error
    if not isinstance(found, dict):
        raise _unusable(found)
    return found


def _read_answer(found: Mapping[str, Any]) -> Answer:
    try:
        choice = found["choices"][0]
        text = str(choice["message"]["content"] or "")
        logged = choice.get("logprobs") or {}
        logs = [float(each["logprob"]) for each in logged.get("content") or ()]
        counted = (found.get("usage") or {}).get("completion_tokens")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _unusable(found) from error
    tokens = len(logs) or (counted if isinstance(counted, int) else len(text.split()))
    score = sum(logs) / len(logs) if logs else 0.0
    return Answer(text, score, max(1, tokens), choice.get("finish_reason") == "length")


def _unusable(found: object) -> ServerError:
    return ServerError(f"the server's answer makes no sense: {str(found)[:_SHOWN]}")


def _one_line(error: BaseException) -> str:
    cause = "no answer in time" if isinstance(error, TimeoutError) else str(error)
    return " ".join(cause.split()) or type(error).__name__
