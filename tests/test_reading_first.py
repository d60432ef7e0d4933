"""The sentences that a person should read first: in a dataset, in the report, in browse."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from typer.testing import CliRunner

import corpus_norm
from corpus_norm import Settings
from corpus_norm.browse import Corrections
from corpus_norm.browse.server import Site, make_app
from corpus_norm.cli import app
from corpus_norm.dataset import (
    Dataset,
    DatasetWriter,
    ModelAdequacy,
    batch_to_documents,
    compare_models,
    documents_to_batch,
    mean_adequacy,
    rank_sentences,
)
from corpus_norm.document import Block, BlockKind, Document, Sentence
from corpus_norm.report import make_report
from corpus_norm.stories import write_groups
from corpus_norm.translation import Hypothesis, translate
from corpus_norm.translation.memory import Memory
from corpus_norm.translation.memory.exchange import import_tmx

SENTENCES = [
    ("Le maire a inauguré la nouvelle bibliothèque.", "The mayor opened the new library.", 0.9),
    ("La grève des trains continue.", "Cats like warm milk.", 0.05),
    ("Les pompiers ont éteint le feu.", "Firefighters put out the fire.", 0.7),
]


def make_document(number=0, sentences=SENTENCES, kind=BlockKind.PARAGRAPH, **fields):
    text, english, found = "", "", []
    for source, target, adequacy in sentences:
        place, place_en = len(text), len(english)
        found.append(
            Sentence(0, source, place, "fr", target, place_en, -0.1, (), 1.0, adequacy=adequacy)
        )
        text += f"{source} "
        english += f"{target} "
    block = Block(kind, text, 0, "", "fr", 1.0, english, 0)
    return Document(
        source=f"{number}.txt",
        text=text,
        text_en=english,
        doc_id=f"{number:032x}",
        language="fr",
        blocks=(block,),
        sentences=tuple(found),
        **fields,
    )


@pytest.fixture
def dataset(tmp_path):
    documents = [
        make_document(0),
        make_document(1, SENTENCES[:1]),
        make_document(2),  # a copy of the first
    ]
    with DatasetWriter(tmp_path / "out", Settings(), ["memory"]) as writer:
        writer.write_part(0, "0" * 32, [documents_to_batch(documents)])
        manifest = writer.finish(write_groups(writer.path, writer.account()))
    return Dataset(writer.path, manifest)


def test_the_adequacy_of_sentences_and_documents_is_written_and_read():
    document = make_document()
    batch = documents_to_batch([document])
    assert batch_to_documents(batch) == [document]
    assert batch.column("adequacy").to_pylist() == pytest.approx([document.adequacy])
    lengths = [len(source) for source, _, _ in SENTENCES]
    scores = [score for _, _, score in SENTENCES]
    mean = sum(a * b for a, b in zip(lengths, scores, strict=True)) / sum(lengths)
    assert document.adequacy == pytest.approx(mean, abs=1e-4)


def test_the_least_adequate_sentences_come_first_and_duplicates_not_at_all(dataset):
    ranked = rank_sentences(dataset, 3)
    assert [each.text_en for each in ranked] == [
        *("Cats like warm milk.", "Firefighters put out the fire."),
        "The mayor opened the new library.",
    ]
    assert ranked[0].index == 1
    assert ranked[0].source == "0.txt"
    assert 0 < mean_adequacy(dataset) < 1


def test_models_are_compared_by_the_adequacy_of_their_english(tmp_path):
    batches = [
        [make_document(0, SENTENCES[:1], translation_model="good 1")],
        [
            make_document(1, SENTENCES[1:], translation_model="bad 1"),
            make_document(2, SENTENCES[:1], translation_model="good 1"),
            make_document(3, [(*SENTENCES[0][:2], None)], translation_model="unjudged 1"),
            make_document(4, SENTENCES[:1]),
        ],
    ]
    with DatasetWriter(tmp_path / "out", Settings(), ["memory"]) as writer:
        for number, documents in enumerate(batches):
            writer.write_part(number, f"{number}" * 32, [documents_to_batch(documents)])
        manifest = writer.finish()
    lengths = [len(source) for source, _, _ in SENTENCES[1:]]
    mean = (0.05 * lengths[0] + 0.7 * lengths[1]) / sum(lengths)
    assert compare_models(Dataset(writer.path, manifest)) == [
        ModelAdequacy("bad 1", 2, pytest.approx(mean, abs=1e-4)),
        ModelAdequacy("good 1", 2, pytest.approx(0.9, abs=1e-4)),
    ]


def test_a_dataset_without_documents_compares_no_models(tmp_path):
    with DatasetWriter(tmp_path / "out", Settings(), ["memory"]) as writer:
        manifest = writer.finish()
    assert compare_models(Dataset(writer.path, manifest)) == []
    result = CliRunner().invoke(app, ["models", "list", "--dataset", str(writer.path)])
    assert result.output.endswith("no sentence was translated and judged\n")


@pytest.mark.parametrize("kind", sorted(BlockKind))
def test_only_prose_of_articles_is_listed(tmp_path, kind):
    """Bylines and captions are what a translator reads worst, and nobody needs to check."""
    worst = [("Par Jean Dupont", "By the bridge", 0.01)]
    byline, prose = make_document(0, worst, kind=kind), make_document(1)
    moved = {"start": len(byline.text), "start_en": len(byline.text_en)}
    own = [
        replace(s, block=1, start=s.start + moved["start"], start_en=s.start_en + moved["start_en"])
        for s in prose.sentences
    ]
    joined = replace(
        prose,
        text=byline.text + prose.text,
        text_en=byline.text_en + prose.text_en,
        blocks=(byline.blocks[0], replace(prose.blocks[0], **moved)),
        sentences=(*byline.sentences, *own),
    )
    with DatasetWriter(tmp_path / "out", Settings(), ["memory"]) as writer:
        writer.write_part(0, "0" * 32, [documents_to_batch([make_document(2), joined])])
        manifest = writer.finish()
    ranked = rank_sentences(Dataset(writer.path, manifest), 20)
    is_prose = kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTE}
    assert ("Par Jean Dupont" in {each.text for each in ranked}) == is_prose
    assert len(ranked) == 2 * len(SENTENCES) + is_prose


def test_the_report_lists_them(dataset):
    page = make_report(dataset)
    reading = page.partition('id="reading"')[2].partition("</section>")[0]
    assert reading.index("Cats like warm milk.") < reading.index("Firefighters put out the fire.")
    assert "adequacy of the English" in page


def test_browse_lists_them_with_access_keys(dataset, tmp_path):
    from corpus_norm.browse import open_index

    index = open_index(dataset, tmp_path / "index")
    client = make_app(Site(dataset, index, "secret", 8123)).test_client()
    client.set_cookie("corpus_norm_8123", "secret", domain="localhost")
    page = client.get("/reading", headers={"Host": "localhost:8123"}).get_data(as_text=True)
    assert page.index("Cats like warm milk.") < page.index("Firefighters put out the fire.")
    assert 'accesskey="1"' in page


def test_a_correction_is_audited(dataset, tmp_path):
    corrections = Corrections(tmp_path / "corrections.jsonl")
    document = make_document()
    corrections.add(document, "english", 0, "In 1999 Robert Palmer sold the old ship to a circus.")
    corrected = corrections.apply(document).sentences[0]
    assert corrected.flags
    assert corrected.adequacy < 0.3


def test_an_import_warns_of_doubtful_pairs(tmp_path):
    units = "".join(
        f'<tu><tuv xml:lang="fr"><seg>{source}</seg></tuv>'
        f'<tuv xml:lang="en"><seg>{english}</seg></tuv></tu>'
        for source, english in (
            ("Le budget augmente de 5 %.", "The budget rises by 7%."),
            ("Le budget augmente de 6 %.", "The budget rises by 6%."),
        )
    )
    path = tmp_path / "office.tmx"
    head = '<?xml version="1.0"?><tmx version="1.4"><header srclang="fr"/><body>'
    path.write_text(f"{head}{units}</body></tmx>", "utf-8")
    done = import_tmx(Memory(tmp_path / "memory.sqlite"), path)
    assert done.pairs == 2
    assert [each.flags for each in done.doubtful] == [("amount_changed",)]


class Engine:
    """An engine whose second attempt says more, though both have a flag."""

    name, reads_context = "fake 1 00000000", False

    def recipe(self, decoding):
        return f"{decoding}"

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def translate_batch(self, requests, decoding):
        second = decoding.beam_size > 4
        english = "The mayor opened 7 new libraries on Sunday." if second else "Cats saw 7 dogs."
        return [Hypothesis(english, -0.1, 5) for _ in requests]


def test_of_two_attempts_the_more_adequate_one_is_kept():
    source = "Le maire a inauguré 5 nouvelles bibliothèques dimanche."
    [done] = translate([source], "fr", engine=Engine())
    assert done.text == "The mayor opened 7 new libraries on Sunday."
    assert done.adequacy > 0.1


def test_the_readme_joins_records_back_and_lists_sentences(tmp_path, monkeypatch, capsys, starter):
    """Ids are numbers here, which pandas would not join to text by itself."""
    readme = (ROOT / "README.md").read_text("utf-8")
    [code] = re.findall(
        "```python\n(.*?)```", readme.partition("## Your own records")[2], re.DOTALL
    )
    records = [
        {"id": n, "text": f"Le budget augmente de {n} %.", "section": "local"} for n in (1, 2)
    ]
    monkeypatch.chdir(tmp_path)
    Path("news.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    corpus_norm.convert("news.jsonl", "out")
    names = {}
    exec(code, names)  # noqa: S102 -- our own text
    assert list(names["table"]["section"]) == ["local", "local"]
    assert all("budget" in english for english in names["table"]["body_en"])
    assert "augmente de" in capsys.readouterr().out
