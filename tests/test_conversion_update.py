"""Bringing a dataset up to date, taking part of the inputs, and looking before doing."""

from __future__ import annotations

import json
import os
import random
import shutil

import pytest
from test_conversion import digests

import corpus_norm
from corpus_norm.conversion import preview
from corpus_norm.conversion.shards import cut_batches, cut_shards
from corpus_norm.document import RawDocument
from corpus_norm.errors import DatasetExistsError, SettingsError
from corpus_norm.settings import DatasetSettings, Settings

SMALL = Settings(dataset=DatasetSettings(batch_documents=4, part_documents=8))


def write(folder, name, text=None):
    folder.mkdir(exist_ok=True)
    text = text or f"The bank closed branch {name} on Monday, the mayor said.\n\nShare\n"
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "in"
    for number in range(60):
        write(folder, f"{number:03d}")
    (folder / "007.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    return folder


@pytest.fixture
def worked_on(monkeypatch):
    """The sources of the documents that went through the stages."""
    from corpus_norm.conversion import worker

    sources = []
    original = worker.process_to_rows

    def note(items, *args, **options):
        sources.extend(os.path.basename(item.source) for item in items)  # noqa: PTH119
        return original(items, *args, **options)

    monkeypatch.setattr(worker, "process_to_rows", note)
    return sources


def test_an_update_works_on_new_and_changed_documents_alone(corpus, tmp_path, worked_on):
    corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    worked_on.clear()
    write(corpus, "0205")  # in the middle
    write(corpus, "033", "Le maire a démissionné lundi soir, après un an de mandat.")
    (corpus / "050.txt").unlink()
    dataset = corpus_norm.convert(corpus, tmp_path / "out", SMALL, update=True)
    assert sorted(worked_on) == ["0205.txt", "033.txt"]
    changes = dataset.changes
    assert (changes.unchanged, changes.changed, changes.added) == (58, 1, 1)
    assert [os.path.basename(name) for name in changes.removed] == ["050.txt"]  # noqa: PTH119
    assert not list(dataset.verify())


@pytest.mark.usefixtures("tiny_model")
def test_an_updated_dataset_is_the_one_made_afresh_byte_for_byte(corpus, fixtures, tmp_path):
    for path in (fixtures / "seeds").iterdir():
        shutil.copy(path, corpus)
    corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    write(corpus, "0205")
    write(corpus, "033", "Le maire a démissionné lundi soir, après un an de mandat.")
    write(corpus, "034", " ")
    write(corpus, "007", "It can be read now, said the mayor on Monday.")
    (corpus / "050.txt").unlink()
    updated = corpus_norm.convert(corpus, tmp_path / "out", SMALL, update=True)
    afresh = corpus_norm.convert(corpus, tmp_path / "afresh", SMALL)
    assert digests(updated.path) == digests(afresh.path)
    assert updated.manifest.totals.statuses["translated"] > 1


def test_an_update_rewrites_the_parts_near_a_change_alone(corpus, tmp_path, monkeypatch):
    def documents():
        dataset = corpus_norm.convert("in", "out", SMALL, update=True)
        return {part.documents.sha256 for part in dataset.manifest.parts}

    monkeypatch.chdir(tmp_path)  # parts end by the names of their documents
    before = documents()
    write(corpus, "0205")
    after = documents()
    assert len(before) > 8
    assert len(before - after) <= 3


def test_an_update_may_come_with_more_inputs(corpus, tmp_path, worked_on):
    write(tmp_path / "more", "new")
    corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    with pytest.raises(DatasetExistsError, match="its inputs are"):
        corpus_norm.convert([corpus, tmp_path / "more"], tmp_path / "out", SMALL)
    worked_on.clear()
    both = corpus_norm.convert([corpus, tmp_path / "more"], tmp_path / "out", SMALL, update=True)
    assert worked_on == ["new.txt"]
    assert len(both) == 60


def test_an_update_that_was_stopped_goes_on(corpus, tmp_path, worked_on):
    corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    for path in sorted(corpus.iterdir())[::9]:
        path.write_text(f"Once more, {path.name} was closed on Monday.", encoding="utf-8")
    worked_on.clear()

    def stop(progress):
        if progress.rows > 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        corpus_norm.convert(corpus, tmp_path / "out", SMALL, update=True, progress=stop)
    corpus_norm.convert(corpus, tmp_path / "out", SMALL, update=True)
    assert len(set(worked_on)) == 7
    corpus_norm.convert(corpus, tmp_path / "afresh", SMALL)
    assert digests(tmp_path / "out") == digests(tmp_path / "afresh")


def test_rows_of_a_damaged_part_are_made_again_by_an_update(corpus, tmp_path):
    before = digests(corpus_norm.convert(corpus, tmp_path / "out", SMALL).path)
    part = sorted((tmp_path / "out" / "documents").iterdir())[2]
    part.write_bytes(part.read_bytes()[:-9])
    corpus_norm.convert(corpus, tmp_path / "out", SMALL, update=True)
    assert digests(tmp_path / "out") == before


def test_a_record_with_another_title_is_a_changed_document(tmp_path, worked_on):
    path = tmp_path / "in.jsonl"
    record = {"text": "The bank closed its doors on Monday.", "title": "Old"}
    path.write_text(json.dumps(record), encoding="utf-8")
    corpus_norm.convert(path, tmp_path / "out", SMALL)
    path.write_text(json.dumps(record | {"title": "New"}), encoding="utf-8")
    dataset = corpus_norm.convert(path, tmp_path / "out", SMALL, update=True)
    assert [document.title for document in dataset.documents()] == ["New"]
    assert len(worked_on) == 2


def test_parts_end_where_the_documents_say_and_never_too_large():
    rng = random.Random(3)  # noqa: S311
    items = [RawDocument(f"{n}.txt", "x" * rng.randrange(2000)) for n in range(3000)]
    settings = DatasetSettings(part_documents=100, part_bytes=100_000)
    shards = list(cut_shards(items, settings))
    assert [item for shard in shards for item in shard] == items
    assert max(map(len, shards)) <= 100
    assert max(sum(len(item.data) for item in shard[:-1]) for shard in shards) < 100_000
    ends = {shard[-1].source for shard in shards}
    for gone in rng.sample(range(3000), 20):
        moved = {
            shard[-1].source for shard in cut_shards(items[:gone] + items[gone + 1 :], settings)
        }
        assert len(ends - moved) < 12


def sized(**sizes):
    return Settings(dataset=DatasetSettings(**sizes))


def test_batches_of_large_documents_are_short():
    items = [RawDocument(f"{n}.txt", "x" * 400) for n in range(10)]
    batches = list(cut_batches(items, sized(batch_documents=4, batch_bytes=1000)))
    assert [len(batch) for batch in batches] == [2, 2, 2, 2, 2]
    assert list(map(len, cut_batches(items, sized(batch_documents=4)))) == [4, 4, 2]


def test_a_limit_takes_the_first_documents(corpus, tmp_path):
    dataset = corpus_norm.convert(corpus, tmp_path / "out", SMALL, limit=5)
    assert [doc.source[-7:] for doc in dataset.documents()] == [f"00{n}.txt" for n in range(5)]
    assert dataset.manifest.selection == {"limit": 5}
    with pytest.raises(DatasetExistsError, match="it holds limit 5, not all documents"):
        corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    assert len(corpus_norm.convert(corpus, tmp_path / "out", SMALL, limit=9, update=True)) == 8
    assert len(corpus_norm.convert(corpus, tmp_path / "out", SMALL, update=True)) == 59
    for chosen in ({"limit": 5}, {"sample": 0.5}):  # would remove the others
        with pytest.raises(DatasetExistsError, match="it holds all documents, not"):
            corpus_norm.convert(corpus, tmp_path / "out", SMALL, update=True, **chosen)
    assert len(corpus_norm.open_dataset(tmp_path / "out")) == 59


@pytest.mark.slow
@pytest.mark.parametrize(("sample", "count"), [(20, 20), (1000, 60)])
def test_a_sample_of_so_many_is_the_same_every_time(corpus, tmp_path, sample, count):
    first = corpus_norm.convert(corpus, tmp_path / "a", SMALL, sample=sample)
    again = corpus_norm.convert(corpus, tmp_path / "b", SMALL, sample=sample, workers=1)
    assert digests(first.path) == digests(again.path)
    assert len(first) + first.rejects.num_rows == count


def test_a_fraction_is_a_sample_that_others_contain(corpus, tmp_path):
    fifth, half = (
        {
            doc.source
            for doc in corpus_norm.convert(corpus, tmp_path / f"{x}", SMALL, sample=x).documents()
        }
        for x in (0.2, 0.5)
    )
    assert fifth < half
    assert 4 <= len(fifth) <= 22
    assert 18 <= len(half) <= 42


@pytest.mark.parametrize(
    "options", [{"limit": 0}, {"sample": 0}, {"sample": -1}, {"sample": 2.5}, {"workers": "many"},
                {"workers": -1}, {"workers": 1, "worker_memory_mb": 0}]
)  # fmt: skip
def test_numbers_that_make_no_sense_are_refused(corpus, tmp_path, options):
    with pytest.raises(SettingsError):
        corpus_norm.convert(corpus, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_preview_tells_what_would_be_done_and_writes_nothing(corpus, tmp_path):
    (corpus / "page.html").write_text("<p>A page, said the mayor on Monday.</p>", encoding="utf-8")
    (corpus / "broken.json").write_text("{", encoding="utf-8")
    before = preview(corpus, tmp_path / "out", SMALL)
    assert not (tmp_path / "out").exists()
    assert (before.types, before.unreadable) == ({"text/html": 1, "text/plain": 60}, 1)
    assert before.parts_done == before.documents_done == 0
    dataset = corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    assert len(dataset.manifest.parts) == before.parts
    after = preview(corpus, tmp_path / "out", SMALL)
    assert (after.parts_done, after.documents_done) == (before.parts, 62)
    assert preview(corpus, tmp_path / "out", SMALL, limit=3).obstacles
