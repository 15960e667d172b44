"""A faulty cell is told with sheet, row and column; what officers add is kept."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from wutong.cli.app import main
from wutong.errors import WutongError
from wutong.packs.loader import pack_files
from wutong.policy.edit.dmn_reader import document_of
from wutong.policy.edit.dmn_writer import to_dmn
from wutong.policy.edit.document import document, normal
from wutong.policy.edit.xlsx_reader import read_xlsx
from wutong.policy.edit.xlsx_writer import to_xlsx

TSME = next(p for p in pack_files("national") if p.stem == "tsme-115-2017")
TABLE = "表 1 科技人员得分"


@pytest.fixture
def edit(tmp_path):
    """Change the workbook of a policy that ships, then read it back."""
    path = tmp_path / "tsme.xlsx"
    path.write_bytes(to_xlsx(document(TSME.read_text("utf-8"), TSME.name)))

    def edited(change):
        book = load_workbook(path)
        change(book)
        book.save(path)
        return read_xlsx(path)

    return edited


def cell(sheet, at, value):
    def change(book):
        book[sheet][at].value = value

    return change


@pytest.mark.parametrize(("sheet", "at", "value", "code", "column"), [
    ("参数", "E2", "=1+1", "P153", "E"),
    ("参数", "F4", "明天", "P155", "F"),
    ("条件", "D3", "上年职工总数 <= 500元", "F520", "D"),
    ("条件", "D3", "上年职工总数 <= 职工人数上线", "F510", "D"),
    (TABLE, "B14", ">= 3o%", "F105", "B"),
    ("条件", "F3", "没有的出处", "P107", None),
    ("政策", "A1", "政策号", "P156", "A"),
    ("政策", "B14", "{all: [c1", "P157", "B"),
    (TABLE, "C12", "结果", "P159", "A"),
    ("出处", "A3", "art6_1", "P158", "A"),
])  # fmt: skip
def test_a_faulty_cell_is_told_at_its_place(edit, sheet, at, value, code, column):
    with pytest.raises(WutongError) as caught:
        edit(cell(sheet, at, value))
    found = caught.value.diagnostics[0]
    row = int("".join(c for c in at if c.isdigit()))
    assert (found.code, found.place.sheet, found.place.row, found.place.column) == (code, sheet, row, column)


def test_edits_comments_and_new_rows_come_back(edit):
    def change(book):
        book["参数"]["E2"].value = 600
        book[TABLE]["B13"].comment = Comment("下限含", "officer")
        book["条件"].append(["c_new", "新条件", None, "上年职工总数 >= 2人", None, "art6_2"])
        book.create_sheet("草稿").append(["officer's own"])

    text, policy = edit(change)
    assert policy.parameters[0].values[0].value == 600
    assert policy.conditions[-1].when == "上年职工总数 >= 2人"
    (table,) = [t for t in document(text, "x")["tables"] if t["zh"] == "科技人员得分"]
    assert table["remarks"][0] == "下限含"


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(WutongError) as caught:
        read_xlsx(tmp_path / "a.xlsx")
    assert caught.value.code[0] == "T"


def test_edits_in_a_dmn_editor_come_back():
    found = document(TSME.read_text("utf-8"), TSME.name)
    xml = to_dmn(found).decode()
    edited = xml.replace("&gt;= 30%", "&gt;= 35%").replace('name="科技人员占比"', 'name="科技人员比例"')
    back = document_of(edited.encode())
    assert back["tables"][0]["rules"][0] == [">= 35%", "20"]
    assert back["let"][0]["zh"] == "科技人员比例"


def test_a_conclusion_edited_in_dmn_becomes_the_tree():
    raw = {"policy": "a", "pack": "b", "version": "1", "name": {"zh": "甲"}, "kind": "tax", "in_force": {"from": "2020-01-01"},
           "sources": {"s": {"doc_no": "x", "clause": "y", "grade": "V"}},
           "conditions": [{"code": f"c{n}", "zh": f"条{n}", "when": "1 = 1", "source": "s"} for n in range(3)]}
    xml = to_dmn(normal(raw)).decode()
    assert "条0 and 条1 and 条2" in xml
    back = document_of(xml.replace("条0 and 条1 and 条2", "条0 and (条1 or not(条2))").encode())
    assert back["decide"] == {"all": ["c0", {"any": ["c1", {"not": "c2"}]}]}
    with pytest.raises(WutongError) as caught:
        document_of(xml.replace("条0 and 条1 and 条2", "条0 + 1").encode())
    assert caught.value.code == "P163"


def test_a_figure_cannot_change_in_dmn_without_its_source():
    xml = to_dmn(document(TSME.read_text("utf-8"), TSME.name)).decode()
    with pytest.raises(WutongError) as caught:
        document_of(xml.replace("<text>500人</text>", "<text>600人</text>").encode())
    assert caught.value.code == "P164"
    with pytest.raises(WutongError) as caught:
        document_of(b'<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="a" namespace="b"/>')
    assert caught.value.code == "P162"


def test_the_commands_carry_a_policy_there_and_back(tmp_path, capsys):
    for form, kind in (("excel", "xlsx"), ("dmn", "dmn")):
        there, back = str(tmp_path / f"p.{kind}"), str(tmp_path / f"{kind}.yaml")
        assert main(["packs", f"to-{form}", "tsme", there]) == 0
        assert main(["packs", f"from-{form}", there, back]) == 0
        assert main(["packs", "diff", "tsme", back]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "没有差别。"
        assert main(["packs", f"to-{form}", "tsme", there]) == 2  # kept
    (tmp_path / "broken.yaml").write_text("policy: a\nsources: 5\n", "utf-8")
    assert main(["packs", "to-dmn", str(tmp_path / "broken.yaml"), str(tmp_path / "b.dmn")]) == 4
