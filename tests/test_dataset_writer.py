import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pyarrow.parquet as pq
import pytest

from corpus_norm.dataset import (
    DatasetWriter,
    ModelRecord,
    documents_to_batch,
    get_schema,
    open_dataset,
)
from corpus_norm.dataset import manifest as manifest_module
from corpus_norm.dataset import parts as parts_module
from corpus_norm.dataset.manifest import Manifest, digest_item, read_manifest
from corpus_norm.dataset.parts import write_part
from corpus_norm.document import Document, RawDocument, Rejection
from corpus_norm.errors import DatasetError, DatasetExistsError
from corpus_norm.settings import DatasetSettings, InputSettings, Settings

SETTINGS = Settings()
FRENCH = ModelRecord("fr_en", "fr", "en", "1.9", "ab" * 32, "CC-BY-4.0")


def make_items(count, start=0):
    languages = ("en", "fr", "zh-Hans")
    return [
        Document(f"{i}.txt", f"Text {i} 🧵 " * 20, doc_id=f"{i:032x}", language=languages[i % 3])
        if i % 5
        else Rejection(f"{i}.txt", 0, "", "read", "InputError", f"no {i}", b"x" * i)
        for i in range(start, start + count)
    ]


def make_digests(count, start=0):
    return [digest_item(RawDocument(f"{i}.txt", f"{i}")) for i in range(start, start + count)]


def find_part(folder, index, table="documents"):
    [path] = (folder / table).glob(f"part-{index:05d}-*.parquet")
    return path


def cut(items, size):
    return [documents_to_batch(items[i : i + size]) for i in range(0, len(items), size)]


def write_dataset(path, shards=2, settings=SETTINGS, inputs=("corpus",), **options):
    """Write what is not done yet; the indices of the parts written."""
    written = []
    with DatasetWriter(path, settings, inputs, **options) as writer:
        for index in range(shards):
            digest = writer.input_digest(make_digests(10, 10 * index))
            if not writer.reuse_part(index, digest):
                written.append(index)
                writer.write_part(index, digest, cut(make_items(10, 10 * index), 4))
        writer.finish()
    return written


def read_files(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_two_runs_of_a_job_give_the_same_bytes_in_every_file(tmp_path):
    write_dataset(tmp_path / "a", models=[FRENCH])
    write_dataset(tmp_path / "b", models=[FRENCH])
    assert read_files(tmp_path / "a") == read_files(tmp_path / "b")
    names = "".join(f"{name}\n" for name in sorted(read_files(tmp_path / "a")))
    assert re.fullmatch(
        r"README.md\ncroissant.json\n"
        r"documents/part-00000-(\w{8})\.parquet\ndocuments/part-00001-(\w{8})\.parquet\n"
        r"manifest.json\n"
        r"rejects/part-00000-\1\.parquet\nrejects/part-00001-\2\.parquet\n",
        names,
    )


def test_another_process_writes_the_same_bytes(tmp_path):
    write_part(tmp_path / "a", 0, cut(make_items(30), 7), SETTINGS.dataset)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import pathlib, test_dataset_writer as t;"
        "t.write_part(pathlib.Path(sys.argv[2]), 0, t.cut(t.make_items(30), 7), t.SETTINGS.dataset)"
    )
    here = os.path.dirname(__file__)  # noqa: PTH120
    subprocess.run([sys.executable, "-c", code, here, tmp_path / "b"], check=True)
    assert read_files(tmp_path / "a") == read_files(tmp_path / "b")


@pytest.mark.parametrize("batch_size", [1, 2, 3, 8, 100])
def test_the_bytes_do_not_tell_how_rows_were_cut_into_batches(tmp_path, batch_size):
    settings = DatasetSettings(row_group_documents=8)
    write_part(tmp_path / "a", 0, cut(make_items(43), 43), settings)
    write_part(tmp_path / "b", 0, cut(make_items(43), batch_size), settings)
    assert read_files(tmp_path / "a") == read_files(tmp_path / "b")


def test_row_groups_and_compression_are_those_of_the_settings(tmp_path):
    part = write_part(tmp_path, 3, cut(make_items(50), 7), DatasetSettings(row_group_documents=16))
    metadata = pq.ParquetFile(tmp_path / part.documents.name).metadata
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    assert [group.num_rows for group in groups] == [16, 16, 8]
    assert {groups[0].column(i).compression for i in range(groups[0].num_columns)} == {"ZSTD"}
    assert part.documents.name == "documents/part-00003.parquet"


def test_huge_rows_end_a_row_group_early(tmp_path, monkeypatch):
    monkeypatch.setattr(parts_module, "_ROW_GROUP_BYTES", 1000)
    part = write_part(tmp_path, 0, cut(make_items(40), 10), DatasetSettings())
    assert pq.ParquetFile(tmp_path / part.documents.name).metadata.num_row_groups == 4


def test_rows_keep_their_order(tmp_path):
    part = write_part(tmp_path, 0, cut(make_items(50), 7), DatasetSettings(row_group_documents=16))
    sources = pq.read_table(tmp_path / part.documents.name).column("source").to_pylist()
    assert sources == [f"{i}.txt" for i in range(50) if i % 5]


@pytest.mark.parametrize("table", ["documents", "rejects"])
def test_a_part_without_rows_still_has_both_files_with_their_schema(tmp_path, table):
    part = write_part(tmp_path, 0, [], SETTINGS.dataset)
    path = tmp_path / getattr(part, table).name
    assert pq.read_schema(path).equals(get_schema(table), check_metadata=False)
    assert pq.read_schema(path).metadata == get_schema(table).metadata
    assert pq.ParquetFile(path).metadata.num_rows == 0


def test_the_bytes_of_rejects_are_kept_only_when_few(tmp_path):
    items = [Rejection("a", 0, "", "read", "E", "m", b"x" * n) for n in (9, 10, 11)]
    part = write_part(tmp_path, 0, cut(items, 3), DatasetSettings(reject_bytes=10))
    data = pq.read_table(tmp_path / part.rejects.name).column("data").to_pylist()
    assert data == [b"x" * 9, b"x" * 10, None]


def test_the_manifest_accounts_for_every_part(tmp_path):
    write_dataset(tmp_path, models=[FRENCH])
    manifest = read_manifest(tmp_path)
    assert manifest.complete
    assert (manifest.inputs, manifest.models) == (("corpus",), (FRENCH,))
    assert manifest.settings == json.loads(SETTINGS.to_json())
    assert (manifest.totals.documents, manifest.totals.rejects) == (16, 4)
    assert manifest.totals.languages == {"fr": 6, "en": 5, "zh-Hans": 5}
    for part in manifest.parts:
        for file in (part.documents, part.rejects):
            data = (tmp_path / file.name).read_bytes()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file.bytes, file.sha256)


def test_the_manifest_knows_no_clock_and_no_machine(tmp_path):
    write_dataset(tmp_path / "out")
    text = (tmp_path / "out" / "manifest.json").read_text()
    assert str(tmp_path) not in text
    assert str(date.today().year) not in json.loads(text)["versions"].values()  # noqa: DTZ011
    assert not {"time", "date", "host", "created"} & set(json.loads(text))


def test_a_library_that_is_not_installed_has_an_empty_version(monkeypatch):
    def refuse(name):
        raise manifest_module.PackageNotFoundError(name)

    monkeypatch.setattr(manifest_module, "version", refuse)
    versions = manifest_module.read_versions()
    assert versions.pop("unicode")
    assert set(versions.values()) == {""}


def test_the_order_in_which_parts_are_written_does_not_matter(tmp_path):
    for name, order in (("a", (0, 1, 2)), ("b", (2, 0, 1))):
        with DatasetWriter(tmp_path / name, SETTINGS, ["x"]) as writer:
            for index in order:
                digest = writer.input_digest(make_digests(5, index))
                writer.write_part(index, digest, cut(make_items(5, index), 5))
            writer.finish()
    assert read_files(tmp_path / "a") == read_files(tmp_path / "b")


def test_a_second_run_writes_no_part_again(tmp_path):
    assert write_dataset(tmp_path) == [0, 1]
    before = read_files(tmp_path)
    assert write_dataset(tmp_path) == []
    assert read_files(tmp_path) == before


def test_a_run_that_was_stopped_is_taken_up_and_ends_the_same(tmp_path):
    write_dataset(tmp_path / "whole", shards=3)
    stopped = tmp_path / "stopped"
    with DatasetWriter(stopped, SETTINGS, ["corpus"]) as writer:
        writer.write_part(0, writer.input_digest(make_digests(10)), cut(make_items(10), 4))
        with pytest.raises(RuntimeError):
            writer.write_part(1, "d1" * 16, stop_after(cut(make_items(10, 10), 4)))
    assert not read_manifest(stopped).complete
    assert not list(stopped.rglob("*.tmp"))
    assert write_dataset(stopped, shards=3) == [1, 2]
    assert read_files(stopped) == read_files(tmp_path / "whole")


def stop_after(batches):
    yield from batches
    raise RuntimeError


def test_temporary_files_of_a_killed_run_are_removed(tmp_path):
    write_dataset(tmp_path)
    before = read_files(tmp_path)
    names = ("documents/.part-00001-d1d1d1d1.parquet.tmp", ".manifest.json.tmp", ".README.md.tmp")
    for name in names:
        (tmp_path / name).write_bytes(b"PAR1 half")
    DatasetWriter(tmp_path, SETTINGS, ["corpus"]).close()
    assert read_files(tmp_path) == before


def test_ctrl_c_between_a_file_and_its_owner_leaves_no_temporary_file(tmp_path):
    temporary = tmp_path / "documents" / ".part-00000-d0d0d0d0.parquet.tmp"

    def stop(_path):
        temporary.parent.mkdir()
        temporary.touch()
        raise KeyboardInterrupt

    with DatasetWriter(tmp_path, SETTINGS, ["corpus"]) as writer:
        with pytest.raises(KeyboardInterrupt):
            stop(writer.path)
        assert temporary.exists()
    assert not temporary.exists()


@pytest.mark.parametrize("table", ["documents", "rejects"])
@pytest.mark.parametrize("damage", ["cut", "flip", "remove"])
def test_a_damaged_part_is_written_anew_and_no_other(tmp_path, table, damage):
    write_dataset(tmp_path)
    before = read_files(tmp_path)
    path = find_part(tmp_path, 1, table)
    data = bytearray(path.read_bytes())
    if damage == "remove":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(data[:-1])
    else:
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    assert write_dataset(tmp_path) == [1]
    assert read_files(tmp_path) == before


def test_parts_whose_inputs_are_gone_are_removed_at_the_end(tmp_path):
    write_dataset(tmp_path / "a", shards=3)
    write_dataset(tmp_path / "b", shards=1)
    assert write_dataset(tmp_path / "a", shards=1) == []
    assert read_files(tmp_path / "a") == read_files(tmp_path / "b")


def test_another_model_means_other_parts(tmp_path):
    write_dataset(tmp_path / "a")
    assert write_dataset(tmp_path / "a", models=[FRENCH]) == [0, 1]
    write_dataset(tmp_path / "b", models=[FRENCH])
    assert read_files(tmp_path / "a") == read_files(tmp_path / "b")


@pytest.mark.parametrize(
    "other",
    [
        [RawDocument("a", "y")],
        [RawDocument("b", "x")],
        [RawDocument("a", "x", title="T")],
        [RawDocument("a", "x", published=date(2024, 5, 1))],
        [RawDocument("a", "x", retrieved=date(2024, 5, 1))],
        [RawDocument("a", "x", media_type="text/html")],
        [RawDocument("a", "x"), RawDocument("a", "x", 1)],
        [Rejection("a", 0, "", "read", "E", "m")],
        [],
    ],
)
def test_the_input_digest_changes_with_all_that_changes_the_part(tmp_path, other):
    with DatasetWriter(tmp_path, SETTINGS, ["a"]) as writer:
        first = writer.input_digest([digest_item(RawDocument("a", "x"))])
        assert writer.input_digest(map(digest_item, [RawDocument("a", "x")])) == first
        assert writer.input_digest(map(digest_item, other)) != first


def test_a_dataset_of_nothing_can_be_read_like_any_other(tmp_path):
    write_dataset(tmp_path, shards=0)
    dataset = open_dataset(tmp_path)
    assert (len(dataset), dataset.manifest.complete) == (0, True)
    assert pq.read_table(tmp_path / "documents").num_rows == 0


@pytest.mark.parametrize(
    ("settings", "inputs", "message"),
    [
        (Settings(languages=("en",)), ["corpus"], r"setting languages is \['en', 'fr'"),
        (Settings(input=InputSettings(text_field="t")), ["corpus"], "input.text_field is 'text'"),
        (SETTINGS, ["a", "b", "c", "d"], "inputs are corpus, not a, b, c and 1 more"),
    ],
)
def test_a_dataset_made_otherwise_is_not_touched(tmp_path, settings, inputs, message):
    write_dataset(tmp_path)
    before = read_files(tmp_path)
    with pytest.raises(DatasetExistsError, match=message) as caught:
        DatasetWriter(tmp_path, settings, inputs)
    assert "--overwrite" in str(caught.value)
    assert caught.value.subject == str(tmp_path)
    assert read_files(tmp_path) == before


def test_overwrite_replaces_a_dataset_and_leaves_other_files(tmp_path):
    write_dataset(tmp_path / "out", shards=3)
    for name in ("notes.txt", "documents/mine.parquet"):
        (tmp_path / "out" / name).write_text("mine")
    write_dataset(tmp_path / "out", shards=1, inputs=["other"], overwrite=True)
    write_dataset(tmp_path / "new", shards=1, inputs=["other"])
    expected = read_files(tmp_path / "new")
    expected |= {"notes.txt": b"mine", "documents/mine.parquet": b"mine"}
    assert read_files(tmp_path / "out") == expected


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    "name", ["thesis.doc", "README.md", "manifest.json", "documents/a.txt", "documents"]
)
def test_a_folder_with_other_files_is_never_written_to(tmp_path, name, overwrite):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}")
    with pytest.raises(DatasetExistsError, match="choose an empty or new folder"):
        DatasetWriter(tmp_path, SETTINGS, ["a"], overwrite=overwrite)
    assert read_files(tmp_path) == {name: b"{}"}


def test_a_card_that_the_user_rewrote_is_kept(tmp_path):
    write_dataset(tmp_path)
    (tmp_path / "README.md").write_text("My corpus")
    write_dataset(tmp_path)
    assert (tmp_path / "README.md").read_text() == "My corpus"


def test_parts_without_a_manifest_need_overwrite(tmp_path):
    write_dataset(tmp_path)
    before = read_files(tmp_path)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(DatasetExistsError, match=r"without a usable manifest.*--overwrite"):
        DatasetWriter(tmp_path, SETTINGS, ["corpus"])
    assert write_dataset(tmp_path, overwrite=True) == [0, 1]
    assert read_files(tmp_path) == before


def test_a_manifest_cannot_make_us_remove_files_outside(tmp_path):
    write_dataset(tmp_path / "out")
    precious = tmp_path / "precious.parquet"
    precious.write_text("x")
    manifest = tmp_path / "out" / "manifest.json"
    name = find_part(tmp_path / "out", 0).relative_to(tmp_path / "out").as_posix()
    text = manifest.read_text().replace(name, "../precious.parquet")
    manifest.write_text(text)
    with pytest.raises(DatasetExistsError, match="is not the name of a part"):
        DatasetWriter(tmp_path / "out", SETTINGS, ["corpus"])
    write_dataset(tmp_path / "out", overwrite=True)
    assert precious.read_text() == "x"


def test_two_runs_cannot_write_to_one_folder_at_once(tmp_path):
    with (
        DatasetWriter(tmp_path, SETTINGS, ["corpus"]),
        pytest.raises(DatasetError, match="another run is writing"),
    ):
        DatasetWriter(tmp_path, SETTINGS, ["corpus"])
    write_dataset(tmp_path)


def test_a_file_in_place_of_the_folder_is_a_clear_error(tmp_path):
    (tmp_path / "out").write_text("x")
    for path in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(DatasetError, match=r"name a folder|choose a folder"):
            DatasetWriter(path, SETTINGS, ["a"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_a_clear_error(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DatasetError, match="choose a folder you can write to"):
        DatasetWriter(tmp_path, SETTINGS, ["a"])


def test_a_full_disk_is_a_clear_error_and_costs_no_finished_part(tmp_path, monkeypatch):
    def refuse(handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full, DatasetWriter(tmp_path, SETTINGS, ["corpus"]) as writer:
        digest = writer.input_digest(make_digests(10))
        writer.write_part(0, digest, cut(make_items(10), 4))
        full.setattr(os, "fsync", refuse)
        with pytest.raises(DatasetError, match="No space left on device; make room"):
            writer.write_part(1, "d1" * 16, cut(make_items(10, 10), 4))
    assert not list(tmp_path.rglob("*.tmp"))
    assert write_dataset(tmp_path) == [1]


def test_a_killed_process_leaves_a_dataset_that_can_be_taken_up(tmp_path):
    code = (
        "import sys, os, signal; sys.path.insert(0, sys.argv[1]); import test_dataset_writer as t;"
        "w = t.DatasetWriter(sys.argv[2], t.SETTINGS, ['corpus']);"
        "w.write_part(0, w.input_digest(t.make_digests(10)), t.cut(t.make_items(10), 4));"
        "f = (os.kill(os.getpid(), signal.SIGKILL) or b for b in t.cut(t.make_items(10, 10), 4));"
        "w.write_part(1, 'd1' * 16, f)"
    )
    here, out = os.path.dirname(__file__), tmp_path / "out"  # noqa: PTH120
    ended = subprocess.run([sys.executable, "-c", code, here, out], check=False)
    assert ended.returncode == -9
    assert list(out.rglob("*.tmp"))
    assert write_dataset(out) == [1]
    write_dataset(tmp_path / "whole")
    assert read_files(out) == read_files(tmp_path / "whole")


def test_a_moved_dataset_can_be_taken_up(tmp_path):
    write_dataset(tmp_path / "a")
    shutil.move(tmp_path / "a", tmp_path / "b")
    assert write_dataset(tmp_path / "b") == []


def test_the_card_is_the_same_for_the_same_manifest_and_names_models_and_licences(tmp_path):
    write_dataset(tmp_path, models=[replace(FRENCH, name="translate-fr_en")])
    card = (tmp_path / "README.md").read_text()
    assert "16 documents and 4 rejects" in card
    assert "| translate-fr_en | fr → en | 1.9 | CC-BY-4.0 |" in card
    assert "| fr | 6 |" in card
    assert "| `blocks.kind` | string |" in card


def test_inputs_with_undecodable_names_are_entered_readably(tmp_path):
    DatasetWriter(tmp_path, SETTINGS, ["a\udcff", tmp_path / "b"]).close()
    assert read_manifest(tmp_path).inputs == ("a\\udcff", (tmp_path / "b").as_posix())


def test_a_manifest_reads_back_as_it_was(tmp_path):
    write_dataset(tmp_path, models=[FRENCH])
    text = (tmp_path / "manifest.json").read_text()
    assert Manifest.from_json(text).to_json() == text
