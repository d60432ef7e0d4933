"""The index that ``browse`` searches, and an editor's corrections."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from phrasebook import SEEDS, seed
from test_report import write

from corpus_norm import normalize
from corpus_norm.browse import Corrections, Query, open_index
from corpus_norm.document import BlockKind, Flag
from corpus_norm.errors import InputError
from corpus_norm.translation import translate_documents
from corpus_norm.translation.memory import Memory

FRENCH = 2


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    documents = [seed(n) for n in range(5)]
    documents[3] = replace(documents[3], site="Le Site")
    return write(tmp_path_factory.mktemp("browse") / "out", documents)


@pytest.fixture(scope="module")
def index(dataset, tmp_path_factory):
    return open_index(dataset, tmp_path_factory.mktemp("index"))


def find(index, words="", **filters):
    return {hit.doc_id for hit in index.find(Query(words, filters))[1]}


def all_with(word):
    found = set()
    for n in range(5):
        document = seed(n)
        text = "\n".join([document.title or "", document.body, document.body_en or ""])
        if word.casefold() in text.casefold():
            found.add(document.doc_id)
    return found


def test_an_empty_query_finds_all_in_their_order(index, dataset):
    total, hits = index.find(Query())
    assert total == 5
    assert [hit.doc_id for hit in hits] == [document.doc_id for document in dataset.documents()]


@pytest.mark.parametrize("word", ["OpenAI", "openai", "investisseurs", "Altman"])
def test_a_word_finds_the_documents_that_have_it_whatever_its_case(index, word):
    assert find(index, word) == all_with(word) != set()


def test_accents_do_not_count(index):
    assert find(index, "societe") == find(index, "société") != set()


def test_the_english_of_a_french_article_finds_it(index):
    document = seed(FRENCH)
    word = "billion"
    assert word in document.body_en
    assert word not in document.body
    assert document.doc_id in find(index, word)


def test_an_article_without_a_title_has_no_text_in_its_place(index):
    hits = {hit.doc_id: hit for hit in index.find(Query())[1]}
    hit = hits[seed(FRENCH).doc_id]
    assert seed(FRENCH).title is None
    assert (hit.title, hit.title_en) == (None, None)


def test_every_word_must_occur(index):
    assert find(index, "OpenAI zebra") == set()
    assert find(index, "zebra") == set()


def test_the_last_word_may_be_unfinished(index):
    assert find(index, "investis") >= find(index, "investisseurs") != set()


@pytest.mark.parametrize(
    "words", ['"', '"""', "(", "*", "AND", "NEAR(", "a^b", "-", "title:x", "\x00"]
)
def test_no_query_is_a_syntax_error(index, words):
    assert index.find(Query(words))[0] >= 0


@pytest.mark.parametrize("word", ["苹果", "分析师", "郭明錤"])
def test_a_chinese_word_is_found_inside_a_sentence(tmp_path, word):
    text = "天风国际证券分析师郭明錤周三表示,苹果公司明年将推出新的手机,预计出货量达到一亿部。"
    dataset = write(
        tmp_path / "out", [normalize(text), normalize("苹和果都是汉字,明白的人都知道。")]
    )
    found = find(open_index(dataset, tmp_path), word)
    assert found == {next(iter(dataset.documents())).doc_id}


def test_filters_narrow_down_together(index):
    french = {seed(n).doc_id for n in (2, 3)}
    assert find(index, language="fr") == french
    assert find(index, language="fr", site="Le Site") == {seed(3).doc_id}
    assert find(index, kind="disclaimer") == {seed(1).doc_id}
    assert find(index, "OpenAI", language="de") == set()


def test_choices_are_counted(index):
    languages = dict(index.choices()["language"])
    assert languages["fr"] == 2
    assert sum(languages.values()) == 5


def test_a_document_is_loaded_whole(index):
    assert index.load(seed(FRENCH).doc_id) == seed(FRENCH)
    assert index.load("no such thing") is None


def test_results_come_in_pages(tmp_path):
    documents = [normalize(f"Number {n} of the news was written today.") for n in range(60)]
    index = open_index(write(tmp_path / "out", documents), tmp_path)
    pages = [index.find(Query("news"), page) for page in range(4)]
    assert [len(hits) for _, hits in pages] == [25, 25, 10, 0]
    assert {total for total, _ in pages} == {60}
    assert len({hit.doc_id for _, hits in pages for hit in hits}) == 60


def test_an_index_is_made_once_for_a_content(dataset, tmp_path):
    seen = []
    open_index(dataset, tmp_path, seen.append)
    open_index(dataset, tmp_path, seen.append)
    assert seen == [5]
    other = write(tmp_path / "out", [normalize("Other news came in today, and it was long.")])
    assert open_index(other, tmp_path).find(Query())[0] == 1


def test_a_broken_off_index_is_made_again(dataset, tmp_path):
    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_index(dataset, tmp_path, stop)
    assert open_index(dataset, tmp_path).find(Query())[0] == 5


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, MemoryError, OSError])
def test_an_index_that_is_broken_off_leaves_nothing_behind(dataset, tmp_path, stop):
    def break_off(_):
        raise stop

    with pytest.raises(stop):
        open_index(dataset, tmp_path, break_off)
    assert not list(tmp_path.iterdir())


def test_two_programs_may_make_the_same_index_at_a_time(dataset, tmp_path):
    names, calls = set(), []

    def start_another(_):
        names.update(path.name for path in tmp_path.glob("*.tmp"))
        calls.append(None)
        if len(calls) == 1:
            assert open_index(dataset, tmp_path, start_another).find(Query())[0] == 5

    assert open_index(dataset, tmp_path, start_another).find(Query())[0] == 5
    assert len(names) == 2
    assert [path.suffix for path in tmp_path.iterdir()] == [".sqlite"]


def test_many_threads_may_open_an_index_at_a_time(dataset, tmp_path):
    with ThreadPoolExecutor(8) as threads:
        indexes = list(threads.map(lambda _: open_index(dataset, tmp_path), range(8)))
    assert {index.find(Query())[0] for index in indexes} == {5}
    assert [path.suffix for path in tmp_path.iterdir()] == [".sqlite"]


@pytest.mark.parametrize(
    "content", [b"", b"no database", b"SQLite format 3\x00" + b"\x00" * 4096, None]
)
def test_a_damaged_index_is_made_again(dataset, tmp_path, content):
    open_index(dataset, tmp_path)
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:8192] if content is None else content)
    assert open_index(dataset, tmp_path).find(Query())[0] == 5


def test_what_a_killed_program_left_is_removed_after_a_day(dataset, tmp_path):
    for name, age in (("old.tmp", 25), ("fresh.tmp", 1)):
        (tmp_path / name).touch()
        then = time.time() - age * 3600
        os.utime(tmp_path / name, (then, then))
    open_index(dataset, tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".sqlite", ".tmp"]
    assert (tmp_path / "fresh.tmp").exists()


@pytest.mark.parametrize("name", ["a b", "a?b", "a#b", "100%", "%41", "é"])
def test_a_folder_of_any_name_holds_an_index(dataset, tmp_path, name):
    assert open_index(dataset, tmp_path / name).find(Query("OpenAI"))[0] > 0


def test_a_correction_changes_what_is_shown_and_nothing_else(tmp_path):
    document = seed(FRENCH)
    corrections = Corrections(tmp_path / "corrections.jsonl")
    corrections.add(document, "kind", 0, "promo")
    corrections.add(document, "english", 3, "  My own\nwords. ")
    seen = corrections.apply(document)
    assert seen.blocks[0].kind is BlockKind.PROMO
    assert seen.sentences[3].text_en == "My own words."
    assert "too_short" in seen.sentences[3].flags  # corrections are audited too
    assert seen.blocks[1:] == document.blocks[1:]
    assert [s for n, s in enumerate(seen.sentences) if n != 3] == [
        s for n, s in enumerate(document.sentences) if n != 3
    ]
    assert seen.text == document.text
    assert corrections.apply(seed(3)) == seed(3)


@pytest.mark.parametrize(
    ("what", "value", "name", "expected"),
    [
        ("title", " A  new headline ", "title", "A new headline"),
        ("title", "", "title", None),
        ("authors", "Ann Lee;Bo Ek; ", "authors", ("Ann Lee", "Bo Ek")),
        ("authors", "", "authors", ()),
        ("published", "2024-05-31", "published", date(2024, 5, 31)),
        ("published", "", "published", None),
    ],
)
def test_a_field_is_corrected_and_read_again(tmp_path, what, value, name, expected):
    document = replace(seed(0), published=date(2020, 1, 1), authors=("Somebody",))
    path = tmp_path / "corrections.jsonl"
    Corrections(path).add(document, what, 0, value)
    assert getattr(Corrections(path).apply(document), name) == expected


def test_of_several_corrections_all_or_none_are_kept(tmp_path):
    path = tmp_path / "corrections.jsonl"
    corrections = Corrections(path)
    with pytest.raises(InputError):
        corrections.save(seed(FRENCH), [("kind", 0, "promo"), ("kind", 0, "nonsense")])
    assert not path.exists()
    assert corrections.apply(seed(FRENCH)) == seed(FRENCH)
    assert corrections.save(seed(FRENCH), []) == []
    assert not path.exists()
    corrections.save(seed(FRENCH), [("kind", 0, "promo"), ("kind", 1, "share")])
    assert len(Corrections(path)) == 2


def test_corrections_are_lines_of_json_and_the_last_one_counts(tmp_path):
    path = tmp_path / "corrections.jsonl"
    document = seed(FRENCH)
    for kind in ("promo", "share"):
        Corrections(path).add(document, "kind", 1, kind)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["value"] for line in lines] == ["promo", "share"]
    assert lines[0] == {
        "doc_id": document.doc_id,
        "what": "kind",
        "index": 1,
        "value": "promo",
        "before": document.blocks[1].kind.value,
        "text": document.blocks[1].text,
    }
    again = Corrections(path)
    assert len(again) == 1
    assert again.apply(document).blocks[1].kind is BlockKind.SHARE


def test_a_correction_follows_its_text_and_ends_with_it(tmp_path):
    document = seed(FRENCH)
    path = tmp_path / "corrections.jsonl"
    Corrections(path).add(document, "kind", 4, "promo")
    moved = replace(document, blocks=document.blocks[1:])
    assert Corrections(path).apply(moved).blocks[3].kind is BlockKind.PROMO
    gone = replace(document, blocks=document.blocks[:4])
    assert Corrections(path).apply(gone) == gone


def test_corrected_english_is_what_the_next_conversion_says(tmp_path):
    document = seed(FRENCH)
    memory = Memory(tmp_path / "memory.sqlite")
    number = next(n for n, s in enumerate(document.sentences) if s.language == "fr")
    Corrections(tmp_path / "c.jsonl", memory).add(document, "english", number, "As I say it.")
    [again] = translate_documents([normalize(SEEDS[FRENCH])], engines={}, memory=memory)
    assert again.sentences[number].text_en == "As I say it."
    assert Flag.IMPORTED in again.sentences[number].flags


@pytest.mark.parametrize(
    ("what", "index", "value", "message"),
    [
        ("kind", 0, "nonsense", "'nonsense' is not a kind of block; choose one of title, "),
        ("kind", 999, "promo", "has no block 999 to correct"),
        ("kind", -1, "promo", "has no block -1 to correct"),
        ("english", 999, "x", "has no sentence 999 to correct"),
        ("english", 0, " \n", "the English of a sentence cannot be empty"),
        ("colour", 0, "red", "cannot correct 'colour'; choose one of kind, english, title, "),
        ("published", 0, "31 May", "'31 May' is not a day; write it as 2024-05-31"),
        ("title", 1, "x", "a document has one title, not a number 1"),
        ("title", 0, "a\x1bb", "the title cannot hold a control character"),
    ],
)
def test_an_impossible_correction_is_refused_and_not_written(tmp_path, what, index, value, message):
    path = tmp_path / "corrections.jsonl"
    with pytest.raises(InputError, match=message):
        Corrections(path).add(seed(FRENCH), what, index, value)
    assert not path.exists()
