"""What a conversion made is no input of one: the output folder, and other datasets of ours."""

from __future__ import annotations

import json
import logging
import os
import shutil

import fsspec
import pytest
from typer.testing import CliRunner

from corpus_norm import Settings, convert, open_dataset
from corpus_norm.cli import app
from corpus_norm.conversion import preview
from corpus_norm.dataset.manifest import FORMAT, MANIFEST_NAME
from corpus_norm.errors import DatasetExistsError, InputError
from corpus_norm.settings import InputSettings, TranslationSettings
from corpus_norm.sources import Fence, read, walk

USUAL = Settings(translation=TranslationSettings(enabled=False))
PAGES = ("a.txt", "news/b.txt", "zebra.txt")
links = pytest.mark.skipif(os.name == "nt", reason="needs links")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in PAGES:
        path = tmp_path / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"The council met on Monday, says the file {name}.", encoding="utf-8")
    return tmp_path


@pytest.fixture
def old(here):
    """A dataset of an earlier run beside the corpus."""
    return convert("corpus", here / "old", USUAL).path


def run(inputs, output, **options):
    dataset = convert(inputs, output, USUAL, **options)
    assert dataset.manifest.totals.rejects == 0
    return sorted(document.source for document in dataset.documents())


def read_sources(inputs, fence=None):
    return [item.source for item in read(inputs, InputSettings(), fence=fence)]


def find_part(dataset):
    [path] = (dataset / "documents").iterdir()
    return f"documents/{path.name}"


def notices(caplog):
    return [record.getMessage() for record in caplog.records if "left out" in record.getMessage()]


def test_a_manifest_is_known_by_what_is_written_in_it(old):
    assert walk.MANIFEST == MANIFEST_NAME
    head = (old / MANIFEST_NAME).read_bytes()[: walk._HEAD_BYTES]
    assert walk._FORMAT.search(head)
    assert FORMAT.encode() in head


@pytest.mark.parametrize(
    ("inputs", "output", "sources"),
    [
        (".", "out", [f"corpus/{name}" for name in PAGES]),
        (".", "corpus/out", [f"corpus/{name}" for name in PAGES]),
        ("corpus", "corpus/out", [f"corpus/{name}" for name in PAGES]),
        ("corpus/", "./corpus/news/../out", [f"corpus/{name}" for name in PAGES]),
        ("corpus", "corpus/news/deep/out/", [f"corpus/{name}" for name in PAGES]),
        ("./corpus", "{here}/corpus/out", [f"./corpus/{name}" for name in PAGES]),
        ("{here}/corpus", "corpus/out", [f"{{here}}/corpus/{name}" for name in PAGES]),
        ("file://{here}/corpus", "corpus/out", [f"file://{{here}}/corpus/{n}" for n in PAGES]),
        ("corpus/*", "corpus/out", [f"corpus/{name}" for name in PAGES]),
        ("{here}/corpus/*", "corpus/out", [f"{{here}}/corpus/{name}" for name in PAGES]),
        ("corpus/**/*.*", "corpus/out", [f"corpus/{name}" for name in PAGES]),
        ("**/*", "out", [f"corpus/{name}" for name in PAGES]),
        ("corpus/[!z]*", "corpus/out", [f"corpus/{name}" for name in PAGES[:2]]),
        (["corpus", "corpus/news"], "corpus/out", [f"corpus/{name}" for name in PAGES]),
    ],
)
def test_the_output_folder_is_never_an_input(here, caplog, inputs, output, sources):
    def fill(text):
        return text.replace("{here}", here.as_posix())

    inputs = [fill(each) for each in ([inputs] if isinstance(inputs, str) else inputs)]
    output, expected = fill(output), sorted(map(fill, sources))
    assert run(inputs, output) == expected
    first = (here / output / MANIFEST_NAME).read_bytes()
    for options in ({}, {"update": True}, {"overwrite": True}, {"workers": 1}):
        caplog.clear()
        assert run(inputs, output, **options) == expected
        assert len(notices(caplog)) == 1
        assert "out is left out of the inputs: it is the output folder" in notices(caplog)[0]
        assert (here / output / MANIFEST_NAME).read_bytes() == first


def test_names_that_a_shell_expanded_may_hold_the_output_folder(here, caplog):
    run("corpus", "corpus/out")
    inputs = sorted(path.as_posix() for path in (here / "corpus").iterdir())
    assert f"{here}/corpus/out" in inputs
    caplog.clear()
    found = run(inputs, "corpus/out", update=True)
    assert found == sorted(f"{here}/corpus/{name}" for name in PAGES)
    assert len(notices(caplog)) == 1


def test_a_run_that_is_taken_up_leaves_it_out_too(here):
    whole = run("corpus", "whole")
    partial = convert("corpus", "corpus/out", USUAL)
    manifest = json.loads((partial.path / MANIFEST_NAME).read_text("utf-8"))
    manifest["complete"] = False
    (partial.path / MANIFEST_NAME).write_text(json.dumps(manifest, indent=1, sort_keys=True))
    assert run("corpus", "corpus/out") == whole


def test_a_first_pass_over_the_inputs_leaves_it_out_and_says_so_once(here, caplog):
    for _ in range(2):
        caplog.clear()
        assert run("corpus", "corpus/out", sample=3) == [f"corpus/{name}" for name in PAGES]
    assert len(notices(caplog)) == 1
    found = preview("corpus", "corpus/out", USUAL, sample=3)
    assert (found.documents, found.unreadable) == (3, 0)


@links
@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("corpus/link", "out"),
        ("corpus/link", "out/documents"),
        ("corpus/link.md", "out/README.md"),
        ("corpus/link.parquet", "out/documents/part-00000.parquet"),
        ("corpus/news/link", "linked-out"),
    ],
)
def test_no_link_leads_into_the_output_folder(here, caplog, link, target):
    (here / "linked-out").symlink_to(here / "out")
    (here / link).symlink_to(here / target)
    expected = [f"corpus/{name}" for name in PAGES]
    assert run("corpus", "out") in (expected, [*expected])
    caplog.clear()
    assert run("corpus", "linked-out") == expected
    assert len(notices(caplog)) == 1


@links
def test_an_output_folder_that_is_a_link_into_the_inputs_is_left_out(here):
    (here / "corpus/real").mkdir()
    (here / "link").symlink_to(here / "corpus/real")
    for _ in range(2):
        assert run("corpus", "link") == [f"corpus/{name}" for name in PAGES]


@pytest.mark.parametrize(
    "inputs", ["out", "./out/", "out/documents", ["out/README.md"], "out/**/*.parquet", "out/*"]
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_inputs_that_all_lie_in_the_output_folder_are_an_error_and_change_nothing(
    here, inputs, overwrite
):
    run("corpus", "out")
    before = (here / "out" / MANIFEST_NAME).read_bytes()
    with pytest.raises(InputError, match="the inputs lie in the output folder out; choose another"):
        convert(inputs, "out", USUAL, overwrite=overwrite)
    assert (here / "out" / MANIFEST_NAME).read_bytes() == before
    assert len(open_dataset("out")) == 3


def test_a_folder_of_documents_is_no_output_folder(here):
    with pytest.raises((InputError, DatasetExistsError)):
        convert("corpus", "corpus", USUAL)
    assert not (here / "corpus" / MANIFEST_NAME).exists()


@pytest.mark.parametrize(
    ("inputs", "count"),
    [
        (".", 4),
        ("./", 4),
        ("*", 4),
        ("**/*", 4),
        (["corpus", "o*"], 4),
        ("ol*", 0),
        ("**/*.parquet", 0),
        ("{here}/ol*", 0),
    ],
)
def test_another_dataset_that_is_found_is_left_out_and_told(here, old, caplog, inputs, count):
    (here / "other.txt").write_text("The mayor resigned on Friday.")
    names = [inputs] if isinstance(inputs, str) else inputs
    found = run([name.replace("{here}", f"{here}") for name in names], "out")
    assert len(found) == count
    assert not any(old.name in source for source in found)
    [notice] = [each for each in notices(caplog) if "a dataset" in each]
    name = f"{here}/old" if "{here}" in inputs else "old"
    assert notice.startswith(f"{name} is left out of the inputs: it is a dataset of corpus_norm")


@pytest.mark.parametrize("inputs", ["old", "./old/", ["old", "old"], [".", "old"], ["old", "."]])
def test_a_dataset_that_is_named_is_read_its_articles_alone(here, old, inputs):
    shutil.rmtree(here / "corpus")
    (old / "corrections.jsonl").write_text('{"text": "no article"}\n')
    dataset = convert(inputs, "out", USUAL)
    assert dataset.manifest.totals.rejects == 0
    texts = {document.text for document in dataset.documents()}
    assert texts == {document.text for document in open_dataset(old).documents()}
    assert {d.source.rpartition("old/")[2] for d in dataset.documents()} == {find_part(old)}
    assert len(dataset) == 3


@pytest.mark.parametrize(
    "inputs",
    [
        "old/documents",
        "old/{part}",
        "old/documents/*.parquet",
        "old/d*",
        [".", "old/{part}"],
    ],
)
def test_a_part_of_a_dataset_that_is_named_is_read(here, old, inputs):
    part = find_part(old)
    shutil.rmtree(here / "corpus")
    names = [inputs] if isinstance(inputs, str) else inputs
    found = run([name.replace("{part}", part) for name in names], "out")
    assert found == [f"old/{part}"] * 3


@links
@pytest.mark.parametrize("target", ["old", "old/documents", "old/{part}"])
def test_no_link_leads_into_another_dataset(here, old, caplog, target):
    target = target.replace("{part}", find_part(old))
    suffix = ".parquet" if target.endswith(".parquet") else ""
    (here / f"corpus/link{suffix}").symlink_to(here / target)
    assert run("corpus", "out") == [f"corpus/{name}" for name in PAGES]
    assert f"corpus/link{suffix} is left out of the inputs: it is a dataset" in notices(caplog)[0]


@pytest.mark.parametrize(
    "content",
    [
        '{"name": "A web application", "format": "none"}',
        '{"format": "corpus_norm datasets"}',
        "no JSON",
        "",
        '{"text": "The manifest of a party, with a corpus_norm dataset in it."}',
    ],
)
def test_a_manifest_of_something_else_hides_nothing(here, content):
    (here / "corpus/news/manifest.json").write_text(content)
    found = [source for source in read_sources("corpus") if source.endswith(".txt")]
    assert found == [f"corpus/{name}" for name in PAGES]


def test_a_dataset_in_a_store_of_objects_is_left_out_as_well(here, old):
    del here
    memory = fsspec.filesystem("memory")
    memory.put(str(old), "/store/old", recursive=True)
    memory.pipe({"/store/a.txt": b"The council met."})
    told = []
    try:
        fence = Fence(tell=lambda name, reason: told.append((name, reason)))
        assert read_sources("memory://store", fence) == ["memory://store/a.txt"]
        assert told == [("memory://store/old", walk.DATASET_REASON)]
    finally:
        memory.rm("/store", recursive=True)


@pytest.mark.usefixtures("here")
def test_the_command_goes_on_with_what_is_left():
    arguments = ["convert", ".", "-o", "out", "--no-translate", "--no-memory"]
    for _ in range(2):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        assert "3 documents" in result.output
    assert logging.getLogger("corpus_norm").isEnabledFor(logging.WARNING)


@pytest.mark.parametrize("workers", [1, 2])
def test_files_of_other_types_in_a_folder_are_counted_in_one_note(here, caplog, workers):
    for name in ("a.txt", "b.pdf", "c/d.PDF", "page", "c/e.txt"):
        (here / "mixed" / name).parent.mkdir(parents=True, exist_ok=True)
        (here / "mixed" / name).write_text(f"The quay of {name} stays shut, they said.")
    convert("mixed", "counted", USUAL, workers=workers)
    told = [message for message in caplog.messages if "skipped" in message]
    says = "3 files of other types were skipped: .pdf 2, no ending 1; to read one of them, name it"
    assert told == [says]
