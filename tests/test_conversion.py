from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import corpus_norm
from corpus_norm import pipeline
from corpus_norm.boilerplate.sites import digest_block
from corpus_norm.conversion.shards import cut_batches
from corpus_norm.dataset.export import export_flat
from corpus_norm.document import RawDocument
from corpus_norm.errors import DatasetExistsError, InputError, SettingsError
from corpus_norm.pipeline import Context
from corpus_norm.settings import DatasetSettings, Settings, TranslationSettings

SMALL = Settings(dataset=DatasetSettings(batch_documents=2, part_documents=5))


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(7):
        text = f"Document {number} says that the bank closed its doors on Monday.\n\nShare\n\nX\n"
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    return folder


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_model")
def test_one_worker_and_four_write_the_same_bytes(corpus, fixtures, tmp_path):
    inputs = [corpus, fixtures / "seeds"]
    one = corpus_norm.convert(inputs, tmp_path / "one", SMALL, workers=1)
    four = corpus_norm.convert(inputs, tmp_path / "four", SMALL, workers=4)
    assert len(one) == len(four) == 12
    assert len(one.manifest.parts) > 2
    assert digests(one.path) == digests(four.path)
    assert "translated" in one.manifest.totals.statuses


def test_what_fails_is_a_row_and_the_rest_goes_on(corpus, tmp_path):
    dataset = corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    rejects = {Path(row["source"]).name: row for row in dataset.rejects.to_pylist()}
    assert len(dataset) == 7
    assert set(rejects) == {"binary.txt", "empty.txt"}
    assert "empty" in rejects["empty.txt"]["message"]
    assert rejects["binary.txt"]["data"].startswith(b"\x89PNG")
    assert all(row["stage"] == "decode" for row in rejects.values())


def test_a_second_run_makes_nothing_again(corpus, tmp_path, monkeypatch):
    first = digests(corpus_norm.convert(corpus, tmp_path / "out", SMALL).path)
    monkeypatch.setattr("corpus_norm.conversion.worker.process_to_rows", None)
    second = digests(corpus_norm.convert(corpus, tmp_path / "out", SMALL).path)
    assert first == second


def test_a_stopped_run_goes_on_where_it_was(corpus, tmp_path, monkeypatch):
    whole = digests(corpus_norm.convert(corpus, tmp_path / "whole", SMALL).path)

    def stop(progress):
        if progress.documents + progress.rejects > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        corpus_norm.convert(corpus, tmp_path / "out", SMALL, progress=stop)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert len(manifest["parts"]) >= 1
    seen = []
    corpus_norm.convert(corpus, tmp_path / "out", SMALL, progress=seen.append)
    assert digests(tmp_path / "out") == whole
    assert seen[-1].documents == 7


def test_a_new_model_makes_the_documents_again(fixtures, tmp_path, no_models_but_ours):
    from conftest import TINY_MODEL

    from corpus_norm.translation.models import install as models

    source = fixtures / "seeds"
    before = corpus_norm.convert(source, tmp_path / "out")
    assert before.manifest.totals.statuses["no_model"] == 2
    assert before.untranslated_languages == ["fr", "zh-Hans"]
    models.install(str(TINY_MODEL), folder=no_models_but_ours)
    after = corpus_norm.convert(source, tmp_path / "out")
    assert after.manifest.totals.statuses["translated"] == 2
    assert after.untranslated_languages == ["zh-Hans"]


def test_another_job_does_not_overwrite_a_dataset_unless_told_to(corpus, fixtures, tmp_path):
    corpus_norm.convert(corpus, tmp_path / "out")
    with pytest.raises(DatasetExistsError, match="overwrite"):
        corpus_norm.convert(fixtures / "seeds", tmp_path / "out")
    dataset = corpus_norm.convert(fixtures / "seeds", tmp_path / "out", overwrite=True)
    assert len(dataset) == 5


def test_a_missing_input_is_said_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        corpus_norm.convert(tmp_path / "nowhere", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_no_workers_make_no_sense(corpus, tmp_path):
    with pytest.raises(SettingsError, match="at least 1"):
        corpus_norm.convert(corpus, tmp_path / "out", workers=0)


def test_inputs_without_documents_never_replace_a_dataset(corpus, tmp_path):
    made = corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    (tmp_path / "nothing").mkdir()
    for inputs, says in (([], "there are no inputs"), (tmp_path / "nothing", "hold no documents")):
        for option in ("overwrite", "update"):
            with pytest.raises(InputError, match=says):
                corpus_norm.convert(inputs, tmp_path / "out", SMALL, **{option: True})
    shutil.rmtree(corpus)
    corpus.mkdir()
    with pytest.raises(InputError, match="hold no documents"):
        corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    assert len(corpus_norm.open_dataset(tmp_path / "out")) == len(made)


def test_a_dataset_that_is_made_again_from_fewer_documents_says_so(corpus, tmp_path, caplog):
    made = corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    before = len(made) + made.rejects.num_rows
    first = min(corpus.rglob("*.txt"))
    first.unlink()
    caplog.clear()
    corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    assert f"had {before} documents and rejects, and has {before - 1} now" in caplog.text
    caplog.clear()
    corpus_norm.convert(corpus, tmp_path / "out", SMALL)
    assert "before, and has" not in caplog.text


def test_an_update_of_an_empty_dataset_may_find_nothing_again(tmp_path, caplog):
    (tmp_path / "nothing").mkdir()
    for _ in range(2):
        caplog.clear()
        assert not len(corpus_norm.convert(tmp_path / "nothing", tmp_path / "out", update=True))
        assert "the inputs hold no documents" in caplog.text


def test_an_empty_folder_gives_an_empty_dataset(tmp_path):
    (tmp_path / "in").mkdir()
    dataset = corpus_norm.convert(tmp_path / "in", tmp_path / "out")
    assert len(dataset) == 0
    assert dataset.to_pandas().empty
    assert dataset.blocks.num_rows == dataset.rejects.num_rows == 0


def make_site(folder: Path) -> Path:
    """Make a site of ten pages, with the same menu on all."""
    folder.mkdir()
    for number in range(10):
        prose = f"The bank closed branch number {number} on Monday, and the mayor said so at once."
        (folder / f"{number}.html").write_text(
            f'<head><link rel="canonical" href="https://news.example.com/{number}"></head>'
            f"<ul><li>Home<li>Sport</ul><h1>Branch {number}</h1><p>{prose}<p>{prose[::-1]}",
            encoding="utf-8",
        )
    return folder


def test_a_page_is_read_once_though_its_blocks_are_counted_first(tmp_path, monkeypatch):
    read = []

    def segment(document, **options):
        read.append(document.source)
        return pipeline_segment(document, **options)

    pipeline_segment = pipeline.segment_document
    monkeypatch.setattr(pipeline, "segment_document", segment)
    pages = make_site(tmp_path / "pages")
    corpus_norm.convert(pages, tmp_path / "one", SMALL)
    assert len(read) == len(set(read)) == 10
    assert pipeline.KEPT_PAGES._pages == {}


@pytest.mark.parametrize("workers", [None, 1, 2])
@pytest.mark.parametrize("room", [0, 300, 10**6])
def test_pages_that_are_kept_change_nothing(tmp_path, monkeypatch, workers, room):
    pages = make_site(tmp_path / "pages")
    kept = corpus_norm.convert(pages, tmp_path / "kept", SMALL, workers=workers)
    monkeypatch.setattr(pipeline.KEPT_PAGES, "_room", room)
    other = corpus_norm.convert(pages, tmp_path / "other", SMALL)
    assert digests(kept.path) == digests(other.path)
    assert kept.manifest.site_boilerplate


def test_a_page_that_has_changed_is_read_again():
    settings, kept = Settings(), pipeline.KeptPages()
    old, new = (RawDocument("a.html", f"<p>{n}", media_type="text/html") for n in ("Old", "New"))
    kept.keep(old, settings, pipeline.segment(pipeline.decode(old, Context(settings)), None))
    assert kept.take(new, settings) is None
    assert kept.take(replace(old, key="b"), settings) is None
    assert kept.take(old, Settings(charset="utf-16")) is None
    assert kept.take(replace(old, data=old.data_bytes), settings) is None
    found = kept.take(old, settings)
    assert found.document.blocks[0].text == "Old"
    assert found.page.html == old.data


def test_blocks_that_recur_on_a_site_can_be_learnt_as_its_furniture(tmp_path):
    slogan = "The paper that has told the town the truth since the year of the great flood."
    records = [
        {
            "url": f"https://news.example.com/{number}",
            "text": f"The bank closed branch number {number} on Monday, and the mayor said so.\n\n"
            f"{slogan}\n\nNobody in street {number} knew why it had been closed for good.",
        }
        for number in range(6)
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    off = replace(SMALL, learn_site_boilerplate=False)
    plain = corpus_norm.convert(path, tmp_path / "plain", off)
    one = corpus_norm.convert(path, tmp_path / "one", SMALL)
    two = corpus_norm.convert(path, tmp_path / "two", SMALL, workers=2)
    assert all(slogan in document.body for document in plain.documents())
    assert not any(slogan in document.body for document in one.documents())
    assert all(slogan in document.text for document in one.documents())
    assert digests(one.path) == digests(two.path)
    assert one.manifest.site_boilerplate == {"news.example.com": (digest_block(slogan),)}
    assert "site_boilerplate" in one.manifest.versions
    assert plain.manifest.site_boilerplate == {}


def test_saved_pages_that_state_an_address_but_no_name_are_of_the_site_of_the_address(tmp_path):
    slogan = "The paper that has told the town the truth since the year of the great flood."
    stated = (
        '<link rel="canonical" href="https://news.example.com/{}">',
        '<link href="https://news.example.com/{}" rel="canonical">',
        '<meta property="og:url" content="https://news.example.com/{}">',
    )
    folder = tmp_path / "in"
    folder.mkdir()
    for n in range(6):
        (folder / f"{n}.html").write_text(
            f"<html><head>{stated[n % 3].format(n)}</head><body><article><h1>The end of branch {n}"
            f"</h1><p>The bank closed branch number {n} on Monday, and the mayor said so.</p>"
            f"<p>{slogan}</p><p>Nobody in street {n} knew why it had been closed for good, or by "
            f"whom, and {n} neighbours asked.</p></article></body></html>",
            "utf-8",
        )
    dataset = corpus_norm.convert(folder, tmp_path / "out", SMALL)
    assert dataset.manifest.site_boilerplate["news.example.com"]
    assert not any(slogan in document.body for document in dataset.documents())


SLOGAN = "The paper that has told the town the truth since the year of the great flood."


def write_daily(folder, numbers, site="news", line=SLOGAN):
    folder.mkdir(exist_ok=True)
    for number in numbers:
        record = {
            "url": f"https://{site}.example.com/{number}",
            "text": f"The bank closed branch number {number} on Monday, and the mayor said so."
            f"\n\n{line}\n\nNobody in street {number} knew why it had been closed for good.",
        }
        (folder / f"{number:02}.jsonl").write_text(json.dumps(record) + "\n", "utf-8")


def test_an_update_keeps_the_boilerplate_that_the_first_run_learned(tmp_path):
    folder = tmp_path / "in"
    write_daily(folder, range(6))
    first = corpus_norm.convert(folder, tmp_path / "out", SMALL)
    new = "Another line stands on the new pages of this paper, and on every one."
    write_daily(folder, range(6, 20), line=new)
    second = corpus_norm.convert(folder, tmp_path / "out", SMALL, update=True)
    assert second.manifest.site_boilerplate == first.manifest.site_boilerplate
    assert len(second.manifest.site_boilerplate["news.example.com"]) == 1


@pytest.mark.parametrize("workers", [None, 2])
def test_daily_updates_learn_about_a_site_when_it_has_enough_pages(tmp_path, workers):
    folder, out = tmp_path / "in", tmp_path / "out"
    known, bodies = [], []
    for day in range(3):
        write_daily(folder, range(4 * day, 4 * day + 4))
        found = corpus_norm.convert(folder, out, SMALL, update=day > 0, workers=workers)
        known.append(dict(found.manifest.site_boilerplate))
        bodies.append([SLOGAN in each.body for each in found.documents()])
    assert known == [{}, *[{"news.example.com": (digest_block(SLOGAN),)}] * 2]
    # Rows that are there already stay as they are.
    assert bodies[2] == [True] * 4 + [False] * 8
    assert found.changes.unchanged == 8
    before = digests(out)
    corpus_norm.convert(folder, out, SMALL, update=True, workers=workers)
    assert digests(out) == before


def test_an_update_learns_about_new_sites_beside_known_ones(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    write_daily(folder, range(6))
    corpus_norm.convert(folder, out, SMALL)
    write_daily(folder, range(6, 12), site="other")
    found = corpus_norm.convert(folder, out, SMALL, update=True)
    assert list(found.manifest.site_boilerplate) == ["news.example.com", "other.example.com"]
    assert not any(SLOGAN in each.body for each in found.documents())
    off = replace(SMALL, learn_site_boilerplate=False)
    plain = corpus_norm.convert(folder, tmp_path / "off", off)
    assert (plain.manifest.site_boilerplate, SLOGAN in next(plain.documents()).body) == ({}, True)


def test_nothing_is_learned_from_five_pages_of_a_site(tmp_path):
    records = [
        {"url": f"https://news.example.com/{n}", "text": f"It rained on day {n}.\n\nRead us daily."}
        for n in range(5)
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    assert corpus_norm.convert(path, tmp_path / "out", SMALL).manifest.site_boilerplate == {}


def test_a_caller_s_process_is_not_frozen(corpus, tmp_path):
    frozen = []
    corpus_norm.convert(
        corpus, tmp_path / "out", progress=lambda _: frozen.append(gc.get_freeze_count())
    )
    assert set(frozen) == {0}


def test_a_slow_engine_gets_a_document_at_a_time_whatever_the_settings():
    items = [RawDocument(f"{n}.txt", "x") for n in range(3)]
    by_llm = TranslationSettings(engine="llm", llm_model="a.gguf")
    assert [len(each) for each in cut_batches(items, Settings(translation=by_llm))] == [1, 1, 1]
    assert [len(each) for each in cut_batches(items, Settings())] == [3]


@pytest.mark.parametrize("name", [b"caf\xe9", "é_中".encode()], ids=["latin", "utf8"])
def test_the_output_folder_may_have_any_name(corpus, tmp_path, name):
    """Bytes that are not UTF-8 reach Python as surrogates, which pyarrow takes in no path."""
    if sys.platform == "darwin":
        pytest.skip("names are UTF-8 there")
    output = tmp_path / os.fsdecode(name)
    dataset = corpus_norm.convert(corpus, output, SMALL)
    assert list(dataset.verify()) == []
    assert len(list(dataset.documents())) == 7
    assert dataset.rejects.num_rows == 2
    assert len(export_flat(dataset, tmp_path / os.fsdecode(name + b"_flat"))) == 2
    (corpus / "0.txt").unlink()
    again = corpus_norm.convert(corpus, output, SMALL, update=True)
    assert [Path(each).name for each in again.changes.removed] == ["0.txt"]
    assert list(again.verify()) == []


@pytest.mark.parametrize("command", ["verify", "inspect", "report"])
def test_commands_read_a_folder_that_the_locale_cannot_name(corpus, tmp_path, command):
    env = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    output = os.fsencode(tmp_path) + "/s_é".encode()
    program = [sys.executable, "-m", "corpus_norm"]
    options = [b"-o", os.fsencode(tmp_path / "r.html")] if command == "report" else []
    for arguments in (["convert", corpus / "1.txt", "-o", output], [command, output, *options]):
        done = subprocess.run([*program, *arguments], env=env, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
