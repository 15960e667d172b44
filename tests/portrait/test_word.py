"""The Word file says what the page says, opens again, and takes a template of one's own."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from tests.portrait.made import FULL, bare, full, portrait

from wutong.errors import WutongError
from wutong.portrait.word import as_word, word_template

HOSTILE = "<w:p/>{{ 7*7 }}{% raw %}&\"'"


def _rows(data: bytes) -> list[tuple[str, ...]]:
    document = Document(io.BytesIO(data))
    return [tuple(c.text for c in row.cells) for table in document.tables for row in table.rows]


def test_the_file_opens_again_and_holds_every_figure():
    rows = _rows(as_word(full()))
    for row in (
        ("注册日期", "2024-05-15", "营业执照"), ("亏损", "2025年净利润 -5万元"),
        ("研发强度 50%", "█████░░░░░", "50/100", "█████░░░░░"),
        ("研发强度", "10%", "50/100", "50%", "25", "0", "≥ 20% +25.00"), ("合计", "", "", "", "37", "", ""),
        ("营业收入", "100万元", "125万元（+25%）", "演示数据（虚构）；审计报告（2026-04-01）"),
        ("A轮", "未知", "300万元", "2026-03-01"), ("2026-12-31", "资质证书", "科技型中小企业 K1"),
    ):
        assert rows.count(row) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_left_of_the_template(lang):
    for facts in (FULL, {}):
        with zipfile.ZipFile(io.BytesIO(as_word(portrait(facts, lang=lang)))) as archive:
            text = "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml"))
        assert ("{{" in text, "{%" in text) == (False, False)


def test_marks_stand_in_the_header_of_every_page():
    document = Document(io.BytesIO(as_word(full())))
    assert document.sections[0].header.paragraphs[0].text == "企业画像 · 甲0　　演示数据 · 示范模型 · 含草案政策"
    assert document.sections[0].footer.paragraphs[0].text.startswith("运行编号 0123456789ab · 评估日 2026-11-01")


def test_the_same_portrait_is_the_same_bytes():
    assert as_word(full()) == as_word(portrait(FULL))


def test_hostile_text_stays_text():
    made = portrait({**FULL, "所在载体": HOSTILE}, names=(HOSTILE,))
    data = as_word(made)
    assert ("所在载体", HOSTILE, "演示数据（虚构）") in _rows(data)
    assert Document(io.BytesIO(data)).paragraphs[0].text == HOSTILE


def test_an_unknown_company_gives_a_whole_file():
    assert ("注册日期", "未知", "未填报") in _rows(as_word(bare()))


def test_a_template_of_ones_own():
    own = Document()
    own.add_paragraph("园区 {{ name }} {{ score.text }}")
    buffer = io.BytesIO()
    own.save(buffer)
    assert Document(io.BytesIO(as_word(full(), buffer.getvalue()))).paragraphs[0].text == "园区 甲0 37 / 100 · 良 · 第 1 名"


@pytest.mark.parametrize("text", ["{{ nothing }}", "{{ name.__class__.__mro__ }}", "{% for %}"])
def test_a_faulty_template_is_told(text):
    own = Document()
    own.add_paragraph(text)
    buffer = io.BytesIO()
    own.save(buffer)
    with pytest.raises(WutongError, match="C131"):
        as_word(full(), buffer.getvalue())


def test_no_word_file_is_told():
    with pytest.raises(WutongError, match="C131"):
        as_word(full(), b"no zip")
    assert word_template()[:2] == b"PK"
