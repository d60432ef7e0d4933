"""TMX: what we write is what anybody reads, and no file can do harm."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_norm.errors import TranslationMemoryError
from corpus_norm.tmx import Pair, read_tmx, write_tmx
from corpus_norm.translation.engines import Hypothesis, Request
from corpus_norm.translation.memory import Memory, Recipe
from corpus_norm.translation.memory.exchange import Imported, export_tmx, import_tmx

FRENCH = Pair("fr", "Un & « deux » <b>", "One & “two” <b>")


def write(tmp_path, body, head='<?xml version="1.0"?>', encoding="utf-8"):
    path = tmp_path / "a.tmx"
    text = f'{head}<tmx version="1.4"><header/><body>{body}</body></tmx>'
    path.write_bytes(text.encode(encoding))
    return path


def unit(*variants, attributes=""):
    inside = "".join(f'<tuv xml:lang="{code}"><seg>{text}</seg></tuv>' for code, text in variants)
    return f"<tu{attributes}>{inside}</tu>"


def save(tmp_path, pairs):
    path = tmp_path / "b.tmx"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        assert write_tmx(file, pairs) == len(pairs)
    return path


def test_what_is_written_is_read_back(tmp_path):
    pairs = [FRENCH, Pair("zh-Hans", "一。", "One.", machine=True)]
    assert list(read_tmx(save(tmp_path, pairs))) == pairs


@given(st.text(min_size=1).map(lambda t: " ".join(t.split())).filter(bool), st.booleans())
def test_any_text_makes_well_formed_xml(text, machine):
    file = io.StringIO()
    write_tmx(file, [Pair("fr", text, "x", machine)])
    root = ET.fromstring(file.getvalue().encode("utf-8", "surrogatepass"))  # noqa: S314 -- ours
    assert root.find("body/tu/tuv/seg").text is not None


def test_a_file_has_the_header_that_the_standard_asks_for(tmp_path):
    root = ET.parse(save(tmp_path, [FRENCH])).getroot()  # noqa: S314 -- our own file
    assert root.attrib == {"version": "1.4"}
    header = {"creationtool", "creationtoolversion", "segtype", "o-tmf", "adminlang", "srclang"}
    assert header | {"datatype"} == set(root.find("header").attrib)


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        (unit(("en-US", "One"), ("fr-FR", "Un")), [("fr-FR", "Un", "One")]),
        (unit(("fr", "Un"), ("de", "Eins"), ("EN", "One")),
         [("fr", "Un", "One"), ("de", "Eins", "One")]),
        (unit(("fr", " U\n n "), ("en", "One")), [("fr", "U n", "One")]),
        (unit(("fr", "Un"), ("de", "Eins")), []),
        (unit(("fr", ""), ("en", "One")), []),
        (unit(("fr", "Un"), ("en", "")), []),
        ('<tu><tuv lang="fr"><seg>Un</seg></tuv><tuv lang="en"><seg>One</seg></tuv></tu>',
         [("fr", "Un", "One")]),
        (unit(("fr", ('<bpt i="1">&lt;b></bpt>Un<ept i="1">&lt;/b></ept> <hi>deux</hi>'
               "<ph>{1<sub>x</sub>}</ph>")), ("en", "One")), [("fr", "Un deux", "One")]),
        (("<note>x</note><tu><prop type='a'>b</prop>"
         "<tuv xml:lang='fr'><note>n</note><seg>Un</seg></tuv>"
         "<tuv xml:lang='en'><seg>One</seg></tuv></tu>"), [("fr", "Un", "One")]),
    ],
)  # fmt: skip
def test_other_people_s_files_are_read(tmp_path, body, pairs):
    assert [(p.language, p.text, p.english) for p in read_tmx(write(tmp_path, body))] == pairs


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_of_translators_tools_are_read(tmp_path, encoding):
    path = write(tmp_path, unit(("zh-CN", "一"), ("en", "One")), head="", encoding=encoding)
    assert [pair.text for pair in read_tmx(path)] == ["一"]


def test_a_document_type_is_no_harm_and_is_not_fetched(tmp_path):
    head = '<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "http://example.com/tmx14.dtd">'
    assert len(list(read_tmx(write(tmp_path, unit(("fr", "Un"), ("en", "One")), head)))) == 1


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/passwd">',
        '<!ENTITY % c SYSTEM "http://example.com/x"> %c;',
    ],
)
def test_entities_of_a_file_s_own_are_refused(tmp_path, entities):
    path = write(tmp_path, unit(("fr", "&c;"), ("en", "One")), f"<!DOCTYPE tmx [{entities}]>")
    with pytest.raises(TranslationMemoryError, match=r"defines an entity"):
        list(read_tmx(path))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no element found"),
        (b"fr\tUn\ten\tOne", "syntax error"),
        (b"<html></html>", "root element is 'html'"),
        (b"<tmx><body><tu>", "no element found"),
        (b'<?xml version="1.0" encoding="klingon"?><tmx/>', "unknown encoding"),
    ],
)
def test_what_is_no_tmx_is_refused_with_the_reason(tmp_path, content, why):
    path = tmp_path / "a.tmx"
    path.write_bytes(content)
    with pytest.raises(TranslationMemoryError, match=f"a.tmx cannot be read as TMX: .*{why}"):
        list(read_tmx(path))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(TranslationMemoryError, match=r"none\.tmx"):
        list(read_tmx(tmp_path / "none.tmx"))


# Into a memory and out of it


@pytest.fixture
def memory(tmp_path):
    with Memory(tmp_path / "m.sqlite") as memory:
        yield memory


def test_languages_are_those_of_documents(tmp_path, memory):
    variants = [("FR-ca", "Un"), ("zh-CN", "一"), ("zh_TW", "壹"), ("de-AT", "Eins"), ("en", "1")]
    import_tmx(memory, write(tmp_path, unit(*variants)))
    assert memory.stats().imported == {"de": 1, "fr": 1, "zh-Hans": 1, "zh-Hant": 1}


def test_the_last_translation_of_a_text_counts(tmp_path, memory):
    body = unit(("fr", "Un"), ("en", "A")) + unit(("fr", " Un "), ("en", "One"))
    assert import_tmx(memory, write(tmp_path, body)).pairs == 1
    assert memory.find_imported("fr", ["Un"]) == {"Un": "One"}


def test_a_damaged_file_imports_nothing(tmp_path, memory):
    path = write(tmp_path, unit(("fr", "Un"), ("en", "One")) + "<tu>")
    with pytest.raises(TranslationMemoryError):
        import_tmx(memory, path)
    assert memory.stats().imported == {}


def test_a_file_without_english_says_what_is_missing(tmp_path, memory):
    with pytest.raises(TranslationMemoryError, match="no translation into English"):
        import_tmx(memory, write(tmp_path, unit(("fr", "Un"), ("de", "Eins"))))


def test_a_model_s_work_does_not_come_back_as_a_person_s(tmp_path, memory):
    memory.add(Recipe("fr", "m"), {Request("Un."): Hypothesis("One.", -1.0, 2)})
    memory.import_units([("fr", "Deux.", "Two.")])
    path = tmp_path / "out.tmx"
    assert export_tmx(memory, path) == 2
    other = Memory(tmp_path / "other.sqlite")
    assert import_tmx(other, path) == Imported(pairs=1, machine=1)
    assert other.stats().imported == {"fr": 1}
    done = import_tmx(other, path, machine_too=True)
    assert (done.pairs, done.machine) == (2, 0)
    assert other.find_imported("fr", ["Un.", "Deux."]) == {"Un.": "One.", "Deux.": "Two."}
    assert export_tmx(other, path, imported_only=True) == 2


@pytest.mark.parametrize("where", ["tu", "tuv"])
def test_what_a_person_changed_is_a_person_s(tmp_path, memory, where):
    changed = ' changeid="anne"'
    body = unit(("fr", "Un"), ("en", "One"), attributes=' creationid="machine"')
    body = body.replace(f"<{where} ", f"<{where}{changed} ", 1)
    assert import_tmx(memory, write(tmp_path, body)).pairs == 1


def test_a_place_that_cannot_be_written_to_is_named(tmp_path, memory):
    with pytest.raises(TranslationMemoryError, match="choose another place"):
        export_tmx(memory, tmp_path / "none" / "a.tmx")
