"""Letters say what a company needs to know, in the words kept in tests/report/letters."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from tests.report.letters_made import FOLDER, NAMES, ON, TSME, cases, golden, letter_of

from wutong.errors import WutongError
from wutong.report.letter import as_html, as_text, as_word, word_template
from wutong.report.letter.render import word_context
from wutong.report.plain import plain

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}{% raw %}&\"'"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_wording(name, lang):
    assert as_text(golden(name, lang)) == (FOLDER / f"{name}.{lang}.txt").read_text("utf-8")


def test_all_forms_say_the_same():
    letter = golden("near", "zh")
    html, word = as_html(letter), Document(io.BytesIO(as_word(letter)))
    said = [p.text for p in word.paragraphs] + [c.text for r in word.tables[0].rows for c in r.cells]
    for section in letter.sections:
        for line in (section.heading, *section.lines):
            assert line in html
            assert line in said
    assert len(word.tables[0].rows) == len(letter.clauses)
    assert json.loads(json.dumps(plain(letter)))["standing"] == "near"


def test_nothing_is_left_of_the_template_and_fonts_are_named():
    data = as_word(golden("eligible", "zh"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("word/document.xml").decode() + archive.read("word/styles.xml").decode()
    assert "{{" not in body
    assert "{%" not in body
    assert 'w:eastAsia="仿宋"' in body


def test_the_same_letter_is_the_same_bytes():
    letter = golden("money", "zh")
    assert as_word(letter) == as_word(letter)


def test_hostile_text_stays_text():
    facts = cases(TSME)["满分"].facts
    letter = letter_of(TSME, ON, facts)
    clause = replace(letter.clauses[0], title=HOSTILE, figures=(HOSTILE,), basis=HOSTILE)
    hostile = replace(letter, to=HOSTILE, subject=HOSTILE, issuer=HOSTILE, clauses=(clause,))
    assert "<script>" not in as_html(hostile)
    word = Document(io.BytesIO(as_word(hostile)))
    assert HOSTILE in [p.text for p in word.paragraphs]
    assert word.tables[0].rows[0].cells[1].text == f"1. {HOSTILE}\n{HOSTILE}\n{HOSTILE}"


def test_a_real_company_outside_a_demo_zone_has_no_mark():
    facts = cases(TSME)["满分"].facts
    assert letter_of(TSME, ON, facts, demo=False).marks == ()
    assert "演示数据" in letter_of(TSME, ON, facts).marks[0]


@pytest.mark.parametrize(("on", "told"), [
    (date(2026, 5, 1), "申报期为2026年6月1日至2026年8月31日，请届时申报。"),
    (date(2026, 8, 31), "申报期为2026年6月1日至2026年8月31日，请在2026年8月31日前完成申报。"),
    (date(2026, 9, 1), "上一申报期（2026年6月1日至2026年8月31日）已结束，请留意下一次申报通知。"),
])
def test_the_date_to_act_by(on, told):
    assert told in letter_of(TSME, on, cases(TSME)["满分"].facts).sections[1].lines


def edited(change):
    document = Document(io.BytesIO(word_template()))
    change(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_zone_may_use_its_own_template():
    own = edited(lambda d: d.add_paragraph("梧桐高新区 {{ subject }}"))
    letter = golden("eligible", "zh")
    assert f"梧桐高新区 {letter.subject}" in [p.text for p in Document(io.BytesIO(as_word(letter, own))).paragraphs]
    assert set(word_context(letter)) >= {"title", "to", "subject", "sections", "clauses", "foot", "run", "day"}


@pytest.mark.parametrize("text", [
    "{{ nothing_of_this_name }}", "{% for x in %}", "{{ title.__class__.__mro__[1].__subclasses__() }}",
])
def test_a_faulty_or_prying_template_is_refused(text):
    with pytest.raises(WutongError) as caught:
        as_word(golden("eligible", "zh"), edited(lambda d: d.add_paragraph(text)))
    assert caught.value.code == "C131"
    with pytest.raises(WutongError) as caught:
        as_word(golden("eligible", "zh"), b"no zip")
    assert caught.value.code == "C131"
