"""What the tests of Ray and of Spark share: a corpus with a bit of everything, and its dataset."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from corpus_norm import convert
from corpus_norm.settings import DatasetSettings, InputSettings, Settings

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
RECORD = {
    "id": "a1",
    "text": "Le maire a démissionné.",
    "section": "politique",
    "tickers": ["BNP"],
}
SETTINGS = Settings(
    input=InputSettings(keep=("tickers",)),
    dataset=DatasetSettings(batch_documents=4, part_documents=12, row_group_documents=5),
)


def write_corpus(folder: Path) -> Path:
    """Pages, texts, containers, and files that are rejected; one name is no text."""
    for name in ("seeds", "pages", "containers"):
        shutil.copytree(FIXTURES / name, folder / name)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "own.jsonl").write_text(json.dumps(RECORD), "utf-8")
    (folder / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (folder / "cut.txt.gz").write_bytes(b"\x1f\x8b\x08")
    Path(f"{folder}/odd-\udcff.txt").write_text("The bank closed its doors on Monday.", "utf-8")
    return folder


def convert_here(corpus: Path, output: Path):
    """The dataset that the engines must give, made on this machine."""
    dataset = convert(corpus, output, SETTINGS, memory=False, stories=True)
    assert len(dataset.manifest.parts) > 2
    assert dataset.rejects.num_rows > 2
    assert len(dataset.stories)
    own = dataset["a1"]
    assert own.extra == '{"section":"politique","tickers":["BNP"]}'
    assert ["BNP"] in dataset.to_arrow(["tickers"]).column(0).to_pylist()
    return dataset


def list_rows(dataset):
    """All rows of documents and rejects, as they stand."""
    return dataset.to_arrow().to_pylist(), dataset.rejects.to_pylist()
