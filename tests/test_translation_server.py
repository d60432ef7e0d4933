"""The engine ``server``: a language model behind an OpenAI-compatible address on this machine."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from dataclasses import replace

import pytest
from typer.testing import CliRunner

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.document import Flag
from corpus_norm.errors import ModelError, SettingsError
from corpus_norm.settings import DatasetSettings, Settings, TranslationSettings
from corpus_norm.translation import translate
from corpus_norm.translation.engines import Decoding, Request
from corpus_norm.translation.engines import llm as engine_module
from corpus_norm.translation.engines.llm import check_models, client, load_engine
from corpus_norm.translation.engines.llm.client import ChatClient, ServerError, read_address

RAIN = "Il pleut sur Paris depuis trois jours."
SNOW = "Il neige sur Lyon depuis deux jours."
ENGLISH = {
    "pleut": "It has been raining in Paris for three days.",
    "neige": "It has been snowing in Lyon for two days.",
}


class Server(http.server.ThreadingHTTPServer):
    """``broken`` answers come first, each a status; ``dead`` texts are never answered."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.models = ["toy"]
        self.broken = []
        self.dead = ()
        self.asked = []
        self.headers = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.headers.append(self.headers)
        self.answer(200, {"data": [{"id": name} for name in self.server.models]})

    def do_POST(self):
        server = self.server
        with server.lock:
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["messages"][-1]["content"]
        server.asked.append((self.path, body))
        server.headers.append(self.headers)
        broken = server.broken.pop(0) if server.broken else None
        with server.lock:
            server.at_once -= 1
        if any(word in text for word in server.dead):
            self.close_connection = True
        elif broken:
            self.answer(broken, {"error": "busy"})
        else:
            english = next((e for word, e in ENGLISH.items() if word in text), text.upper())
            choice = {"message": {"content": english}, "finish_reason": "stop"}
            choice["logprobs"] = {"content": [{"logprob": -0.2}, {"logprob": -0.4}]}
            self.answer(200, {"choices": [choice]})

    def answer(self, status, found):
        data = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(client, "_FIRST_PAUSE_S", 0.01)
    engine_module._check_server.cache_clear()
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def chosen(server):
    return TranslationSettings(engine="server", server_url=server.url)


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


# --- addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8080", "ftp://127.0.0.1/v1", "http://me:secret@127.0.0.1/v1", "http:///v1"]
)
def test_what_is_no_address_is_refused_without_a_connection(url):
    with pytest.raises(SettingsError, match="is no address of a server"):
        check_models(TranslationSettings(engine="server", server_url=url))


@pytest.mark.parametrize("host", ["10.0.0.7", "translate.example", "127.0.0.1.example"])
def test_another_machine_is_refused_without_a_connection(host):
    settings = TranslationSettings(engine="server", server_url=f"http://{host}:8080/v1")
    with pytest.raises(SettingsError, match="another machine, which would see the texts"):
        check_models(settings)


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_another_machine_is_asked_once_the_settings_allow_it(monkeypatch):
    asked = []
    monkeypatch.setattr(ChatClient, "list_models", lambda self: asked.append(self.address) or ["m"])
    settings = TranslationSettings(
        engine="server", server_url="https://translate.example/v1", server_allow_remote=True
    )
    assert [model.name for model in check_models(settings)] == ["m"]
    assert [str(address) for address in asked] == ["https://translate.example:443/v1"]


# --- at the start ---------------------------------------------------------------------------


@pytest.mark.enable_socket
def test_a_server_that_is_down_is_an_error_at_the_start(tmp_path):
    source = tmp_path / "a.txt"
    source.write_text(RAIN, "utf-8")
    command = ["convert", str(source), "-o", str(tmp_path / "out"), "--engine", "server"]
    result = CliRunner().invoke(
        app, [*command, "--server-url", f"http://127.0.0.1:{closed_port()}/v1"]
    )
    assert isinstance(result.exception, ModelError)
    assert "llama-server -m FILE.gguf" in str(result.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.enable_socket
def test_the_model_is_named_by_the_server_if_it_has_only_one(chosen, server):
    assert [model.label for model in check_models(chosen)] == ["toy"]
    server.models = ["toy", "big:9b"]
    engine_module._check_server.cache_clear()
    with pytest.raises(ModelError, match=r"several models; choose one .*: toy, big:9b"):
        check_models(chosen)
    assert load_engine("fr", replace(chosen, server_model="big:9b")).name == "big:9b"
    with pytest.raises(ModelError, match="has no model 'huge'"):
        check_models(replace(chosen, server_model="huge"))


# --- translating ----------------------------------------------------------------------------


@pytest.mark.enable_socket
def test_sentences_are_translated_audited_and_flagged_as_drafts(chosen, server):
    [done] = translate([RAIN], "fr", Settings(translation=chosen))
    assert (done.text, done.score, done.flags) == (ENGLISH["pleut"], -0.3, (Flag.DRAFT,))
    [(path, body)] = server.asked
    assert path == "/v1/chat/completions"
    assert (body["model"], body["temperature"]) == ("toy", 0)
    assert "grammar" not in body


@pytest.mark.enable_socket
def test_protected_spans_do_not_leave_the_machine_and_come_back(chosen, server):
    [done] = translate(["écrivez à a@b.org"], "fr", Settings(translation=chosen))
    assert "a@b.org" in done.text
    assert not any("a@b.org" in str(body) for _, body in server.asked)


@pytest.mark.enable_socket
def test_the_key_of_the_environment_is_sent_and_stored_nowhere(
    chosen, server, monkeypatch, tmp_path
):
    monkeypatch.setenv(client.KEY_VARIABLE, "s3cret")
    source = tmp_path / "a.txt"
    source.write_text(RAIN, "utf-8")
    corpus_norm.convert([source], tmp_path / "out", Settings(translation=chosen))
    assert {headers["Authorization"] for headers in server.headers} == {"Bearer s3cret"}
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert not any(b"s3cret" in path.read_bytes() for path in written)


@pytest.mark.enable_socket
def test_requests_are_sent_in_parallel_up_to_the_bound(chosen, server):
    engine = load_engine("fr", replace(chosen, server_connections=3))
    done = engine.translate_batch([Request(f"n{i}") for i in range(12)], Decoding())
    assert [each.text for each in done] == [f"N{i}" for i in range(12)]
    assert server.most_at_once <= 3


@pytest.mark.enable_socket
def test_a_busy_server_is_asked_again(chosen, server):
    engine = load_engine("fr", chosen)
    server.broken = [503, 429, 500]
    assert engine.translate_batch([Request(RAIN)], Decoding())[0].text == ENGLISH["pleut"]
    assert len(server.asked) == 4


@pytest.mark.enable_socket
def test_an_error_that_will_not_pass_is_not_repeated(chosen, server):
    engine = load_engine("fr", chosen)
    server.broken = [400]
    with pytest.raises(ServerError, match="answered 400"):
        engine.translate_batch([Request(RAIN)], Decoding())
    assert len(server.asked) == 1


@pytest.mark.enable_socket
def test_a_server_that_failed_for_good_is_tried_in_full_again_once_it_is_back(chosen, server):
    engine = load_engine("fr", chosen)
    server.broken = [503] * client.ATTEMPTS
    with pytest.raises(ServerError, match="answered 503"):
        engine.translate_batch([Request(RAIN)], Decoding())
    assert engine.translate_batch([Request(RAIN)], Decoding())[0].text == ENGLISH["pleut"]


@pytest.mark.enable_socket
def test_a_server_that_is_gone_does_not_cost_every_sentence_its_attempts(server, monkeypatch):
    gone = ChatClient(read_address(f"http://127.0.0.1:{closed_port()}/v1"))
    tried = []
    connect = ChatClient._connect
    monkeypatch.setattr(
        ChatClient, "_connect", lambda self, wait: tried.append(wait) or connect(self, wait)
    )
    for _ in range(3):
        with pytest.raises(ServerError, match=r"refused|a moment ago"):
            gone.complete([{"role": "user", "content": RAIN}], 9)
    assert len(tried) == client.ATTEMPTS + 1


@pytest.mark.enable_socket
def test_an_answer_that_makes_no_sense_is_an_error(chosen, monkeypatch):
    engine = load_engine("fr", chosen)
    monkeypatch.setattr(
        Handler, "answer", lambda self, *_: self.wfile.write(b"HTTP/1.0 200\r\n\r\n[]")
    )
    with pytest.raises(ServerError, match="makes no sense"):
        engine.translate_batch([Request(RAIN)], Decoding())


@pytest.mark.enable_socket
def test_a_silent_server_costs_its_time_out(server):
    held = threading.Event()
    server.get_request = lambda: (held.wait(5), http.server.HTTPServer.get_request(server))[1]
    silent = ChatClient(read_address(server.url), timeout_s=0.1, attempts=1)
    with pytest.raises(ServerError, match="no answer in time"):
        silent.complete([{"role": "user", "content": "Oui."}], 9)
    held.set()


@pytest.mark.enable_socket
@pytest.mark.parametrize("workers", [None, pytest.param(1, marks=pytest.mark.slow)])
def test_a_failure_costs_the_documents_concerned_and_not_the_run(chosen, server, tmp_path, workers):
    server.dead = ("neige",)
    for name, text in (("a", RAIN), ("b", SNOW), ("c", RAIN)):
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    settings = Settings(translation=chosen, dataset=DatasetSettings(batch_documents=1))
    dataset = corpus_norm.convert(
        sorted(tmp_path.glob("*.txt")), tmp_path / "out", settings, workers=workers, memory=False
    )
    rows = {row["source"].rpartition("/")[2]: row for row in dataset.to_arrow().to_pylist()}
    assert {name: row["translation_status"] for name, row in rows.items()} == {
        "a.txt": "translated",
        "b.txt": "failed",
        "c.txt": "translated",
    }
    assert rows["a.txt"]["translation_model"] == "toy"
    assert dataset.manifest.models[0].name == "toy"


@pytest.mark.enable_socket
def test_the_memory_spares_the_server(chosen, server, tmp_path):
    (tmp_path / "a.txt").write_text(RAIN, "utf-8")
    for out in ("one", "two"):
        corpus_norm.convert(
            [tmp_path / "a.txt"],
            tmp_path / out,
            Settings(translation=chosen),
            memory=tmp_path / "memory.sqlite",
        )
    assert len(server.asked) == 1


@pytest.mark.enable_socket
def test_the_command_says_where_texts_go(chosen, server, tmp_path):
    (tmp_path / "a.txt").write_text(RAIN, "utf-8")
    command = ["convert", str(tmp_path / "a.txt"), "-o", str(tmp_path / "out"), "--dry-run"]
    result = CliRunner().invoke(app, [*command, "--engine", "server", "--server-url", server.url])
    assert result.exit_code == 0, result.output
    assert f"translating with toy at {server.url}" in " ".join(result.output.split())
