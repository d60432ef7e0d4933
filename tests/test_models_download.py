"""Downloading, from a server of our own; the one place where the library opens a socket."""

from __future__ import annotations

import dataclasses
import hashlib
import http.server
import socket
import threading
import time
from pathlib import Path

import pytest

from corpus_norm.errors import ModelDownloadError, ModelIntegrityError
from corpus_norm.translation.models import install as models

TINY = Path(__file__).parent / "assets" / "translate-fr_en-tiny.argosmodel"
DATA = TINY.read_bytes()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    behaviour = "good"
    requests = 0


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests += 1
        answer = getattr(self, self.server.behaviour)
        answer()

    def send(self, data, length=None):
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(data)

    def good(self):
        self.send(DATA, len(DATA))

    def flipped(self):
        self.send(b"\0" + DATA[1:], len(DATA))

    def cut(self):
        self.send(DATA[:100_000], len(DATA))

    def short(self):
        self.send(DATA[:100_000], 100_000)

    def endless(self):
        try:
            self.send(DATA)
            while True:
                self.wfile.write(bytes(1 << 20))
        except OSError:
            self.server.behaviour = "stopped"

    def missing(self):
        self.send_error(404, "Not Found")

    def silent(self):
        time.sleep(3)

    def page(self):
        self.send(b"<html>log in to this network</html>", 35)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def known(server):
    model = models.KnownModel(
        language="fr",
        url=f"http://127.0.0.1:{server.server_port}/v1/tiny.argosmodel",
        size_bytes=len(DATA),
        sha256=hashlib.sha256(DATA).hexdigest(),
        licence="",
    )
    return {"fr": model}


def leftovers(folder):
    return [path.name for path in folder.iterdir() if path.name != ".lock"]


@pytest.mark.enable_socket
def test_a_known_model_is_downloaded_checked_and_installed(known, tmp_path):
    seen = []
    package = models.install(
        "fr", folder=tmp_path, known=known, progress=lambda *step: seen.append(step)
    )
    assert package.source == "fr"
    assert seen == sorted(seen)
    assert seen[-1] == (len(DATA), len(DATA))
    assert [f.status for f in models.verify(tmp_path)] == ["ok"]


@pytest.mark.enable_socket
def test_an_unchanged_model_is_not_downloaded_again(known, server, tmp_path):
    package = models.install("fr", folder=tmp_path, known=known)
    assert models.install("fr-FR", folder=tmp_path, known=known) == package
    assert server.requests == 1
    (package.path / "model" / "model.bin").write_bytes(b"damaged")
    models.install("fr", folder=tmp_path, known=known)
    assert server.requests == 2
    assert [f.status for f in models.verify(tmp_path)] == ["ok"]


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [
        ("cut", "sent 100,000 bytes of"),
        ("short", "sent 100,000 bytes of"),
        ("page", "sent 35 bytes of"),
        ("endless", "sent more than"),
        ("missing", "answered 404 Not Found"),
        ("silent", "did not answer in time"),
    ],
)
def test_a_download_that_fails_says_why_and_what_to_do(known, server, tmp_path, behaviour, cause):
    server.behaviour = behaviour
    with pytest.raises(ModelDownloadError, match=cause) as caught:
        models.install("fr", folder=tmp_path, known=known, timeout_s=0.5)
    assert str(caught.value).endswith("python -m corpus_norm models install tiny.argosmodel")
    assert "\n" not in str(caught.value)
    assert leftovers(tmp_path) == []


@pytest.mark.enable_socket
def test_a_file_with_another_checksum_is_never_unpacked(known, server, tmp_path):
    server.behaviour = "flipped"
    with pytest.raises(ModelIntegrityError, match="nothing was installed"):
        models.install("fr", folder=tmp_path, known=known)
    assert leftovers(tmp_path) == []


@pytest.mark.enable_socket
def test_a_server_that_is_not_there_is_a_download_error(known, server, tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    away = dataclasses.replace(known["fr"], url=f"http://127.0.0.1:{port}/tiny.argosmodel")
    with pytest.raises(ModelDownloadError, match="refused"):
        models.install("fr", folder=tmp_path, known={"fr": away})
    assert leftovers(tmp_path) == []


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
@pytest.mark.parametrize("language", ["fr", "zh", "zh-Hant"])
def test_without_sockets_a_language_cannot_be_installed(language, tmp_path, monkeypatch):
    address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: [address])
    with pytest.raises(ModelDownloadError, match=r"get the file some other way.*_en-1_9"):
        models.install(language, folder=tmp_path, timeout_s=1)
    assert leftovers(tmp_path) == []


def test_nothing_but_a_named_language_opens_a_socket(tmp_path, monkeypatch):
    def refuse(*args, **options):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    package = models.install(TINY, folder=tmp_path)
    assert models.installed([tmp_path]) == [package]
    assert not any(finding.is_problem for finding in models.verify(tmp_path))


def test_known_models_are_pinned_and_fetched_over_tls():
    for model in models.KNOWN_MODELS.values():
        assert model.url.startswith("https://")
        assert len(bytes.fromhex(model.sha256)) == 32
        assert 10**7 < model.size_bytes < 10**9
