"""Copies: what counts as one, which is the original, where it stands, and wire copy."""

from __future__ import annotations

import tracemalloc
from datetime import date

import numpy as np
import pyarrow.parquet as pq
import pytest

import corpus_norm
from corpus_norm.settings import DatasetSettings, Settings, TranslationSettings
from corpus_norm.stories.documents import Reading, find_agency, find_numbers, sort_documents
from corpus_norm.stories.duplicates import (
    _compare_many,
    _pair_up,
    compare,
    find_duplicates,
    find_shingles,
    sign,
)

PLAIN = Settings(
    translation=TranslationSettings(enabled=False),
    dataset=DatasetSettings(batch_documents=2, part_documents=4),
)
STORY = (
    "The harbour of Port Elwin will close for eleven days from Thursday, the harbour master said. "
    "Divers found a crack of four metres in the northern lock gate last week, and a new gate must "
    "be brought from Antwerp. Some forty ships will have to wait at sea or sail on to Marlow. "
    "The fishermen's union asked the ministry for help, as the season of the herring begins now."
)
OTHER = (
    "A choir of two hundred children sang in the old market hall on Sunday to open the festival "
    "of spring. Teachers had practised the songs with them since November, in nine schools of the "
    "region. The mayor promised to pay for new instruments, and the hall was full to the doors."
)
CHINESE = (
    "据港口管理局消息，埃尔文港将从周四起关闭十一天。潜水员上周在北侧闸门上发现一条四米长的裂缝，"
    "新闸门必须从安特卫普运来。约四十艘船只得在海上等候，或者改道前往马洛港。渔民协会请求政府援助。"
)


NOTHING = np.empty(0, np.uint32)
WEATHER = (
    "Weather for Marlow: sunny spells in the morning, then clouds from the west, with a high of {} "
    "and a low of {} degrees. Wind {} kilometres an hour from the south west, gusts of {} on the "
    "coast, chance of rain {} per cent. Sea {} degrees. Sunrise at 6.{}, sunset at 18.{}."
)


def place_copies(*texts, order=None):
    numbers = [find_numbers(text) for text in texts]
    found = find_duplicates(find_shingles(texts), order or range(len(texts)), numbers)
    return {place: match.original for place, match in found.items()}


def edit(text, every, word="another"):
    words = text.split()
    return " ".join(word if n % every == every - 1 else each for n, each in enumerate(words))


def test_a_copy_with_other_case_punctuation_and_line_breaks_is_one():
    copy = STORY.upper().replace(". ", ".\n\n").replace(",", " –").replace("'", "’")
    assert place_copies(OTHER, STORY, copy) == {2: 1}
    assert find_duplicates(find_shingles([STORY, copy]), range(2))[1].score == 1.0


@pytest.mark.parametrize(
    "copy",
    [
        edit(STORY, 12),
        STORY[: STORY.index(" The fishermen")],
        "Ships wait at sea. " + STORY + " Read more in the paper of tomorrow.",
        " ".join(reversed(STORY.split(". "))),
    ],
    ids=["edited", "cut", "framed", "reordered"],
)
def test_an_edited_copy_is_one(copy):
    assert place_copies(OTHER, STORY, copy) == {2: 1}


def test_reports_in_other_words_and_pages_with_a_phrase_in_common_are_no_copies():
    retold = (
        "Forty ships must wait outside Port Elwin or go to Marlow: a crack was discovered in a "
        "lock gate there, and the harbour stays closed for almost two weeks, officials announced."
    )
    phrase = " The harbour master said that he would not comment on Thursday."
    assert place_copies(STORY, retold, OTHER + phrase, STORY[:90] + OTHER) == {3: 2}


def test_chinese_is_compared_by_its_characters():
    copy = CHINESE.replace("上周", "本周").replace("，", ",")
    assert place_copies(CHINESE, copy, CHINESE[::-1]) == {1: 0}


def test_many_pairs_are_compared_as_each_alone():
    rng = np.random.default_rng(5)
    pools = [np.arange(size, dtype=np.uint32) for size in (12, 60, 61, 200)]
    bodies = [
        np.sort(rng.choice(pool, size, replace=False))
        for pool in pools
        for size in rng.integers(1, len(pool), 6).tolist()
    ]
    pairs = [(later, earlier) for later in range(len(bodies)) for earlier in range(later)]
    scores = _compare_many(bodies, *np.array(pairs).T).tolist()
    for (later, earlier), score in zip(pairs, scores, strict=True):
        one, other = set(bodies[later].tolist()), set(bodies[earlier].tolist())
        shared, least, most = len(one & other), *sorted((len(one), len(other)))
        share = shared / len(one | other)
        is_copy = share >= 0.5 or (share >= 0.25 and shared >= 0.8 * least)
        assert score == (share if is_copy and least >= 0.25 * most else 0)
    assert sum(map(bool, scores)) > 20


@pytest.mark.parametrize("size", [1, 2, 12, 13, 24, 25, 64, 65, 130, 1500])
def test_members_of_a_large_group_are_paired_with_the_first_and_the_latest(size):
    keys = np.array([7, 8] * size)
    pairs = [pair for some in _pair_up(keys) for pair in zip(*map(np.ndarray.tolist, some))]  # noqa: B905
    expected = {
        (2 * later + offset, 2 * earlier + offset)
        for offset in (0, 1)
        for later in range(size)
        for earlier in {*range(min(12, later)), *range(max(0, later - 12), later)}
    }
    assert len(pairs) == len(expected)
    assert set(pairs) == expected


def test_notices_of_a_few_words_and_empty_bodies_are_compared_with_none():
    notice = "Please enable JavaScript to read this."
    assert place_copies(notice, notice, "", "") == {}


def test_copies_of_copies_name_the_one_original():
    once, twice = edit(STORY, 12), edit(edit(STORY, 12), 10, "further")
    assert compare(*find_shingles([STORY, twice])) == 0
    assert place_copies(STORY, once, twice) == {1: 0, 2: 0}


def test_the_original_is_the_earliest_by_day_then_by_order():
    def read(day):
        return Reading("", day and date(2024, 5, day), NOTHING, None, NOTHING)

    order = sort_documents([read(None), read(7), read(3), read(7)])
    assert order == [2, 1, 3, 0]
    assert place_copies(STORY, STORY, STORY, STORY, order=order) == {1: 2, 3: 2, 0: 2}


def test_two_fillings_of_one_template_are_no_copies_but_a_copy_of_one_is():
    monday = WEATHER.format(14, 5, 22, 48, 10, 9, 41, 27)
    tuesday = WEATHER.format(11, 3, 36, 70, 85, 8, 39, 29)
    assert place_copies(monday, tuesday, edit(monday, 14), tuesday[:180]) == {2: 0, 3: 1}


def test_many_fillings_of_one_template_cost_no_time_squared():
    texts = [f"{STORY} {OTHER} Winning number of the day: {n} {n * 7} {n * 13}" for n in range(400)]
    found = find_duplicates(find_shingles(texts), range(400))
    assert {match.original for match in found.values()} == {0}
    assert len(found) == 399


@pytest.mark.parametrize(
    ("authors", "named_in", "paragraphs", "agency"),
    [
        (["Reuters Staff"], [], [], "Reuters"),
        ([], ["By The Associated Press"], [], "AP"),
        ([], ["来源：新华社"], [], "新华社"),
        ([], [], ["A headline", "LIMA, Peru (AP) — Three men were found."], "AP"),
        ([], [], ["PARIS, 3 mai (AFP) - Il pleut."], "AFP"),
        ([], [], ["新华社北京1月3日电（记者王明）今天下雨。"], "新华社"),
        ([], [], ["据中新网1月17日电 今天下雨。"], "中新社"),
        ([], [], ["Il pleut.", "Il neige. (avec AFP)"], "AFP"),
        ([], [], ["It rains.", "Source: Xinhua"], "新华社"),
        ([], ["Photo: AFP / Getty"], ["It rains."], None),
        ([], ["Jean Tapis"], ["The AP exam (AP) was hard, AFP wrote."], None),
    ],
)
def test_an_agency_is_named_where_the_page_names_it(authors, named_in, paragraphs, agency):
    assert find_agency(authors, named_in, paragraphs) == agency


# --- In a dataset -------------------------------------------------------------------------------


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in (
        ("a", OTHER),
        ("b", STORY),
        ("c", f"LONDON (Reuters) - {STORY}"),
        ("d", CHINESE),
        ("e", edit(STORY, 14)),
        ("f", "Nothing else of note was said by anybody in the town on that quiet afternoon."),
    ):
        (folder / f"{name}.txt").write_text(f"{text}\n", "utf-8")
    return folder


def list_groups(dataset):
    frame = dataset.to_arrow(["source", "doc_id", "duplicate_of"]).to_pylist()
    names = {row["doc_id"]: row["source"][-5:-4] for row in frame}
    return {names[r["doc_id"]]: names[r["duplicate_of"]] for r in frame if r["duplicate_of"]}


def read_all(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_dataset_has_its_copies_in_a_table_of_its_own(corpus, tmp_path):
    dataset = corpus_norm.convert(corpus, tmp_path / "out", PLAIN, memory=False)
    assert list_groups(dataset) == {"c": "b", "e": "b"}
    rows = {row["doc_id"]: row for row in dataset.stories.table.to_pylist()}
    by_name = {d.source[-5:-4]: rows[d.doc_id] for d in dataset.documents()}
    assert [by_name[name]["role"] for name in "abcdef"] == (
        ["single", "original", "duplicate", "single", "duplicate", "single"]
    )
    assert by_name["c"]["syndicated_from"] == "Reuters"
    assert 0.5 < by_name["e"]["score"] < 1
    assert not {"duplicate_of", "story_id"} & set(
        pq.read_schema(next((tmp_path / "out" / "documents").iterdir())).names
    )
    assert list(dataset.verify()) == []


def test_a_run_that_was_stopped_ends_with_the_same_bytes(corpus, tmp_path, monkeypatch):
    corpus_norm.convert(corpus, tmp_path / "whole", PLAIN, memory=False)
    from corpus_norm.conversion import engine

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(engine, "write_groups", stop)
        with pytest.raises(KeyboardInterrupt):
            corpus_norm.convert(corpus, tmp_path / "out", PLAIN, memory=False)
    assert not corpus_norm.open_dataset(tmp_path / "out").manifest.complete
    corpus_norm.convert(corpus, tmp_path / "out", PLAIN, memory=False)
    assert read_all(tmp_path / "out") == read_all(tmp_path / "whole")


def test_groups_follow_an_update_and_rows_of_documents_stay(corpus, tmp_path):
    out = tmp_path / "out"
    corpus_norm.convert(corpus, out, PLAIN, memory=False)
    before = {name: data for name, data in read_all(out).items() if name.parts[0] == "documents"}
    again = corpus_norm.convert(corpus, out, PLAIN, memory=False, update=True)
    assert len(list((out / "stories").iterdir())) == 1
    assert list_groups(again) == {"c": "b", "e": "b"}
    (corpus / "g.txt").write_text(edit(OTHER, 15), "utf-8")
    dataset = corpus_norm.convert(corpus, out, PLAIN, memory=False, update=True)
    assert list_groups(dataset) == {"c": "b", "e": "b", "g": "a"}
    after = read_all(out)
    assert sum(after.get(name) == data for name, data in before.items()) >= 1
    assert len(list((out / "stories").iterdir())) == 1
    assert list(dataset.verify()) == []


def test_a_damaged_table_of_groups_is_a_problem_and_is_made_again(corpus, tmp_path):
    out = tmp_path / "out"
    dataset = corpus_norm.convert(corpus, out, PLAIN, memory=False)
    [path] = (out / "stories").iterdir()
    good = path.read_bytes()
    path.write_bytes(good[:-9])
    assert [p.file for p in dataset.verify()] == [f"stories/{path.name}"]
    corpus_norm.convert(corpus, out, PLAIN, memory=False)
    assert path.read_bytes() == good


def test_signing_takes_memory_for_few_bodies_at_a_time() -> None:
    bodies = [np.arange(n, n + 20, dtype=np.uint32) for n in range(8_000)]
    tracemalloc.start()
    try:
        signatures = sign(bodies)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * signatures.nbytes
