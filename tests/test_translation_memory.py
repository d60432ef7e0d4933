"""The translation memory: what it gives back, to whom, and what it survives."""

from __future__ import annotations

import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from corpus_norm.document import Block, BlockKind, Document, Flag, Sentence
from corpus_norm.errors import TranslationMemoryError
from corpus_norm.settings import Settings, TranslationSettings
from corpus_norm.translation import Decoding, Hypothesis, Request, translate, translate_documents
from corpus_norm.translation.memory import Memory, Recipe, default_path, open_memory
from corpus_norm.translation.memory.cached_engine import CachedEngine

RECIPE = Recipe("fr", "model 1")
ONE = {Request("Un."): Hypothesis("One.", -0.5, 3, at_cap=True, draft=True)}


class Fake:
    """Writes the words backwards and counts what it was asked for."""

    def __init__(self, *, reads_context=False, version="1"):
        self.reads_context = reads_context
        self.name = f"fake {version}"
        self.asked = []

    def recipe(self, decoding):
        return f"{self.name} {decoding}"

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def translate_batch(self, requests, decoding):
        self.asked += requests
        if any("†" in request.text for request in requests):
            raise RuntimeError("no")
        return [Hypothesis(r.text[::-1] + r.context, -1.0, 1) for r in requests]


@pytest.fixture
def memory(tmp_path):
    with Memory(tmp_path / "m" / "memory.sqlite") as memory:
        yield memory


def make_document(text, language="fr"):
    block = Block(BlockKind.PARAGRAPH, text, 0, language=language)
    sentence = Sentence(0, text, 0, language)
    return Document("a.txt", text, language=language, blocks=(block,), sentences=(sentence,))


def test_what_was_kept_comes_back_whole(memory):
    memory.add(RECIPE, ONE)
    assert memory.look_up(RECIPE, [Request("Un."), Request("Deux.")]) == ONE


def test_a_file_made_before_drafts_were_marked_is_brought_up_to_date(memory):
    plain = {Request("Un."): Hypothesis("One.", -0.5, 3)}
    memory.add(RECIPE, plain)
    memory.close()
    with sqlite3.connect(memory.path) as connection:
        connection.execute("ALTER TABLE made DROP COLUMN draft")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    old = Memory(memory.path)
    assert old.look_up(RECIPE, plain) == plain
    old.add(Recipe("fr", "model 2"), ONE)
    assert old.look_up(Recipe("fr", "model 2"), ONE) == ONE
    old.close()


def test_it_comes_back_after_the_file_was_closed(memory):
    memory.add(RECIPE, ONE)
    memory.close()
    assert Memory(memory.path).look_up(RECIPE, ONE) == ONE


@pytest.mark.parametrize(
    ("recipe", "request_"),
    [
        (Recipe("de", "model 1"), Request("Un.")),
        (Recipe("fr", "model 2"), Request("Un.")),
        (RECIPE, Request("un.")),
        (RECIPE, Request("Un.", "Un. Deux.")),
    ],
)
def test_another_language_recipe_text_or_context_is_another_entry(memory, recipe, request_):
    memory.add(RECIPE, ONE)
    assert memory.look_up(recipe, [request_]) == {}


def test_where_context_ends_and_text_begins_matters(memory):
    memory.add(RECIPE, {Request("ab", "c"): Hypothesis("x", 0.0, 1)})
    assert memory.look_up(RECIPE, [Request("b", "ca")]) == {}


def test_nothing_is_made_on_the_disk_by_looking(memory):
    assert memory.look_up(RECIPE, ONE) == {}
    assert memory.find_imported("fr", ["Un."]) == {}
    assert (memory.imported_digest(), list(memory.units()), memory.prune()) == ("", [], 0)
    assert memory.stats().bytes == 0
    assert not memory.path.parent.exists()


def test_every_sentence_is_translated_once_ever(memory):
    engine = Fake()
    first = translate(["Un.", "Deux.", "Un."], "fr", engine=engine, memory=memory)
    again = translate(["Deux.", "Un.", "Mot."], "fr", engine=engine, memory=memory)
    assert [r.text for r in engine.asked] == ["Un.", "Deux.", "Mot."]
    assert again[:2] == [first[1], first[0]]


def test_another_model_or_decoding_translates_anew(memory):
    old, new = Fake(), Fake(version="2")
    translate(["Un."], "fr", engine=old, memory=memory)
    translate(["Un."], "fr", engine=new, memory=memory)
    settings = Settings(translation=TranslationSettings(beam_size=1))
    translate(["Un."], "fr", settings, engine=new, memory=memory)
    assert (len(old.asked), len(new.asked)) == (1, 2)


def test_context_counts_for_engines_that_read_it_and_for_no_others(memory):
    reader, other = Fake(reads_context=True), Fake(version="2")
    for engine in (reader, other):
        for context in ("Un. Deux.", "Un."):
            translate(["Un."], "fr", engine=engine, memory=memory, contexts=[context])
    assert (len(reader.asked), len(other.asked)) == (2, 1)


def test_a_sentence_the_engine_fails_on_is_not_remembered_and_the_others_are(memory):
    engine = Fake()
    done = translate(["a", "b†", "c"], "fr", engine=engine, memory=memory)
    assert done[1].flags == (Flag.UNTRANSLATED,)
    assert memory.stats().made == {"fr": 2}


def test_spaces_line_breaks_and_unicode_forms_are_one_entry(memory):
    engine = Fake()
    translate(["Un  été.", "Un\nété.", "Un e\u0301te\u0301."], "fr", engine=engine, memory=memory)
    assert engine.asked == [Request("Un été.")]


def test_the_recipe_names_the_splitters(memory):
    recipe = CachedEngine(Fake(), memory, "fr").recipe(Decoding())
    assert "sentencex" in recipe
    assert "clauses 1" in recipe


def test_with_a_memory_documents_are_what_they_are_without(memory):
    documents = [make_document("Un."), make_document("Deux.")]
    without = translate_documents(documents, engines={"fr": Fake()})
    for _ in range(2):
        assert translate_documents(documents, engines={"fr": Fake()}, memory=memory) == without


# Imported translations


def test_imported_translations_win_and_say_so(memory):
    translate(["Un."], "fr", engine=Fake(), memory=memory)
    memory.import_units([("fr", "Un.", "One.")])
    [done] = translate_documents([make_document("Un.")], engines={"fr": Fake()}, memory=memory)
    assert (done.text_en, done.translation_model) == ("One.", "imported translations")
    assert done.sentences[0].score is None
    assert done.flags == done.sentences[0].flags == (Flag.IMPORTED,)


def test_imported_translations_need_no_model(memory):
    memory.import_units([("fr", "Un.", "One.")])
    assert translate(["Un."], "fr", packages=[], memory=memory)[0].text == "One."
    [done] = translate_documents([make_document("Un.")], engines={}, memory=memory)
    assert (done.translation_status, done.text_en) == ("translated", "One.")


def test_imported_translations_hold_whatever_the_context_and_for_their_language_only(memory):
    memory.import_units([("fr", "Non.", "No.")])
    engine = Fake(reads_context=True)
    [done] = translate(["Non."], "fr", engine=engine, memory=memory, contexts=["Oui. Non."])
    assert done.text == "No."
    assert memory.find_imported("it", ["Non."]) == {}


def test_a_later_import_replaces_an_earlier_one(memory):
    memory.import_units([("fr", "Un.", "A."), ("fr", "Deux.", "Two.")])
    memory.import_units([("fr", "Un.", "One.")])
    assert memory.find_imported("fr", ["Un.", "Deux."]) == {"Un.": "One.", "Deux.": "Two."}


def test_the_digest_is_that_of_the_content_whatever_the_order(tmp_path):
    one, other = Memory(tmp_path / "1"), Memory(tmp_path / "2")
    one.import_units([("fr", "Un.", "One."), ("fr", "Deux.", "Two.")])
    other.import_units([("fr", "Deux.", "2")])
    assert one.imported_digest() != other.imported_digest()
    other.import_units([("fr", "Deux.", "Two."), ("fr", "Un.", "One.")])
    assert one.imported_digest() == other.imported_digest() != ""
    one.prune(imported=True)
    assert one.imported_digest() == ""


def test_a_job_notices_that_others_were_imported_meanwhile(memory):
    memory.import_units([("fr", "Un.", "One.")])
    pinned = Memory(memory.path, pinned=memory.imported_digest())
    assert pinned.find_imported("fr", ["Un."]) == {"Un.": "One."}
    memory.import_units([("fr", "Deux.", "Two.")])
    with pytest.raises(TranslationMemoryError, match="changed while this job ran; run it again"):
        pinned.find_imported("fr", ["Un."])


# Size


def fill(memory, count, recipe=RECIPE):
    memory.add(
        recipe, {Request(f"{n} {'x' * 500}"): Hypothesis("y", -1.0, 1) for n in range(count)}
    )


def test_above_its_size_it_drops_the_oldest_and_never_what_was_imported(tmp_path):
    memory = Memory(tmp_path / "m.sqlite", max_bytes=200_000)
    memory.import_units([("fr", "Un.", "One.")])
    for number in range(12):
        fill(memory, 100, Recipe("fr", str(number)))
    text = Request(f"0 {'x' * 500}")
    kept = [len(memory.look_up(Recipe("fr", str(number)), [text])) for number in range(12)]
    assert (kept[0], kept[-1]) == (0, 1)
    memory.prune()
    assert memory.stats().bytes < 250_000
    assert memory.find_imported("fr", ["Un."])


def test_pruning_gives_space_back(memory):
    fill(memory, 1000)
    before = memory.stats().bytes
    assert memory.prune(max_bytes=100_000) > 500
    assert memory.stats().bytes <= 100_000 < before
    assert memory.prune(unused_days=1) == 0
    rest = memory.stats().made["fr"]
    assert memory.prune(unused_days=-1) == rest
    assert (memory.stats().made, memory.stats().recipes) == ({}, 0)


# Processes

WRITER = """
import sys
from corpus_norm.translation.engines import Hypothesis, Request
from corpus_norm.translation.memory import Memory, Recipe

memory = Memory(sys.argv[1])
for number in range(int(sys.argv[3])):
    texts = [f"{sys.argv[2]} {number} {n} {'x' * 300}" for n in range(50)]
    memory.add(Recipe("fr", "r"), {Request(t): Hypothesis(t[::-1], -1.0, 1) for t in texts})
    print(number, flush=True)
"""


def start_writer(path, name, count):
    command = [sys.executable, "-c", WRITER, str(path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_killed_writer_leaves_whole_batches_and_a_memory_that_works(tmp_path):
    path = tmp_path / "m.sqlite"
    with start_writer(path, "a", 1_000_000) as writer:
        told = [writer.stdout.readline() for _ in range(5)]
        writer.send_signal(signal.SIGKILL)
    assert int(told[-1]) == 4
    memory = Memory(path)
    count = memory.stats().made["fr"]
    assert count >= 250
    assert count % 50 == 0
    assert all(unit.english == unit.text[::-1] for unit in memory.units())
    memory.add(RECIPE, ONE)
    assert memory.look_up(RECIPE, ONE) == ONE
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_processes_that_start_together_make_one_file_and_lose_nothing(tmp_path):
    path = tmp_path / "m.sqlite"
    writers = [start_writer(path, name, 6) for name in "abc"]
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    assert Memory(path).stats().made == {"fr": 3 * 6 * 50}


def test_threads_may_share_it(memory):
    def work(name):
        for number in range(10):
            one = {Request(f"{name} {number}"): Hypothesis(name, -1.0, 1)}
            memory.add(RECIPE, one)
            assert memory.look_up(RECIPE, one) == one

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert memory.stats().made == {"fr": 40}


def test_a_forked_process_opens_the_file_for_itself(memory):
    memory.add(RECIPE, ONE)
    before = memory._file._connect()
    memory._file._process = os.getpid() - 1
    assert memory._file._connect() is not before
    before.close()


def test_sent_to_another_process_it_is_opened_once(memory):
    memory = Memory(memory.path, max_bytes=123, pinned="abc")
    sent = pickle.loads(pickle.dumps(memory))  # noqa: S301 -- our own bytes
    again = pickle.loads(pickle.dumps(memory))  # noqa: S301
    assert sent is again is not memory
    assert (sent.path, sent.max_bytes, sent.pinned) == (memory.path, 123, "abc")
    assert open_memory(memory.path) is not sent


# Trouble


def test_the_default_place_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.delenv("CORPUS_NORM_MEMORY", raising=False)
    assert default_path().name == "memory.sqlite"
    monkeypatch.setenv("CORPUS_NORM_MEMORY", str(tmp_path / "mine"))
    assert Memory().path == tmp_path / "mine"


def make_other_database(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (a)")
    connection.close()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.write_text("not a database at all" * 100), "not a database"),
        (make_other_database, "no translation memory of this version"),
        (lambda path: path.mkdir(), "unable to open"),
    ],
)
def test_what_is_no_memory_is_refused_with_a_way_out_and_left_alone(tmp_path, make, why):
    path = tmp_path / "m.sqlite"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(TranslationMemoryError, match=f"{why}.*--memory FILE.*--no-memory"):
        Memory(path).add(RECIPE, ONE)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_the_folder_of_the_file_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TranslationMemoryError, match="cannot be used"):
        Memory(tmp_path / "file" / "m.sqlite").add(RECIPE, ONE)


def test_a_write_that_fails_leaves_nothing(memory):
    memory.add(RECIPE, ONE)
    bad = {Request("Deux."): Hypothesis("Two.", -1.0, 3), Request("\ud800"): Hypothesis("x", 0, 1)}
    with pytest.raises(UnicodeEncodeError):
        memory.add(RECIPE, bad)
    assert memory.stats().made == {"fr": 1}
    assert memory.look_up(RECIPE, [Request("Deux.")]) == {}


def test_what_is_used_is_kept_longer(memory, monkeypatch):
    day = 86_400
    other = {Request("Deux."): replace(ONE[Request("Un.")], text="Two.")}
    monkeypatch.setattr("corpus_norm.translation.memory.time.time", lambda: 100 * day)
    memory.add(RECIPE, ONE | other)
    monkeypatch.setattr("corpus_norm.translation.memory.time.time", lambda: 190 * day)
    memory.look_up(RECIPE, other)
    assert memory.prune(unused_days=60) == 1
    assert memory.look_up(RECIPE, ONE | other) == other
