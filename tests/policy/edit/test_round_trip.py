"""Nothing is lost between YAML, Excel and DMN: for any policy, and for those that ship."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.packs.file import KEYS, TOP
from wutong.packs.loader import known_packs, pack_files, parse_policy
from wutong.policy.edit import document as doc
from wutong.policy.edit.dmn_reader import document_of
from wutong.policy.edit.dmn_writer import to_dmn
from wutong.policy.edit.document import document, normal, to_yaml
from wutong.policy.edit.xlsx_reader import _read
from wutong.policy.edit.xlsx_writer import to_xlsx

HOSTILE = ["'; DROP TABLE companies; --", '=HYPERLINK("http://x")', "<script>alert(1)</script>", "_x0041_", "&amp;", "yes",
           "null", "- a", "{a: b}", "#", "1e5", "0x1F", "007", "2026-01-01", "0.50", "~", "第一条\n第二条", '"', "\\", "*", "!"]
texts = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=12)
days = st.dates(date(1900, 3, 1), date(2100, 1, 1))
maybe = st.none() | texts
codes = st.lists(st.text(string.ascii_lowercase, min_size=2, max_size=6), min_size=12, max_size=12, unique=True)
figures = st.decimals(-(10**9), 10**9, places=3).map(str) | st.integers(0, 10**7) | st.booleans() | texts | st.none()


@st.composite
def sources(draw):
    fields = {"doc_no": draw(texts), "clause": draw(texts), "grade": draw(st.sampled_from("VSC")), "note": draw(maybe),
              "url": draw(maybe), "checked_on": draw(st.none() | days)}
    return {"s": fields, "另一": {"doc_no": "b", "clause": "c", "grade": "V"}}


@st.composite
def tables(draw, code):
    inputs = draw(st.lists(texts, min_size=1, max_size=3))
    count = draw(st.integers(1, 4))
    row = st.lists(texts | st.just("-"), min_size=len(inputs), max_size=len(inputs))
    rules = [[*draw(row), draw(texts | st.integers(0, 99))] for _ in range(count)]
    kind = draw(st.sampled_from(["number", "text", "boolean", "date"]))
    output = {"type": kind, "unit": draw(maybe), "values": draw(st.none() | st.lists(texts, min_size=1, max_size=3))}
    hit = draw(st.sampled_from([None, "UNIQUE", "FIRST", "PRIORITY", "COLLECT", "COLLECT SUM", "RULE ORDER"]))
    remarks = draw(st.none() | st.lists(texts, min_size=count, max_size=count))
    return {"code": code, "zh": f"表{code}", "hit": hit, "inputs": inputs, "output": output, "rules": rules, "source": "s",
            "default": draw(maybe), "remarks": remarks, "note": draw(maybe), "en": draw(maybe)}


@st.composite
def policies(draw):
    c = draw(codes)
    dated = [{"value": draw(figures), "from": draw(st.none() | days), "to": draw(days), "source": "s"},
             {"value": draw(figures), "source": "另一"}]
    conditions = [
        {"code": c[4], "zh": draw(texts), "when": draw(texts), "source": "s", "en": draw(maybe), "note": draw(maybe)},
        {"code": c[5], "zh": draw(texts), "manual": True, "source": "s", "when": draw(maybe)},
    ]
    decide = draw(st.sampled_from([None, c[4], {"all": [c[4], c[5]]}, {"any": [c[4], {"not": c[5]}]},
                                   {"all": [c[4], {"any": [c[5], {"all": [c[4]]}]}]}]))
    benefit = {"code": c[6], "zh": draw(texts), "amount": draw(texts), "when": draw(maybe), "cap": draw(maybe), "source": "s",
               "once": draw(st.booleans()), "group": draw(st.none() | st.lists(texts, min_size=1, max_size=2)),
               "kind": draw(st.sampled_from([None, "grant", "quota"])), "pays_for": draw(maybe)}
    return {
        "policy": "made", "pack": "tests", "version": draw(texts), "name": {"zh": draw(texts), "en": draw(maybe)},
        "kind": "grant", "status": "official", "in_force": {"from": draw(days), "to": draw(st.none() | days)},
        "window": draw(st.none() | st.fixed_dictionaries({"from": days, "to": days})), "issuer": draw(maybe),
        "note": draw(maybe), "sources": draw(sources()),
        "parameters": [{"code": c[0], "zh": f"参{c[0]}", "unit": draw(maybe), "values": dated},
                       {"code": c[1], "zh": f"数{c[1]}", "value": draw(figures), "source": "s", "note": draw(maybe)}],
        "let": [{"code": c[2], "zh": f"量{c[2]}", "expr": draw(texts), "unit": draw(maybe), "source": "s"}],
        "tables": [draw(tables(c[3]))], "conditions": conditions, "decide": decide, "outputs": [c[2]], "benefits": [benefit],
        "limits": [{"code": c[7], "zh": draw(texts), "benefits": [c[6]], "amount": draw(texts), "source": "s"}],
        "figures": [{"code": c[8], "zh": draw(texts), "at": draw(st.lists(texts, min_size=1, max_size=3)), "en": draw(maybe),
                     "note": draw(maybe)}],
    }


def loads(found):
    """Return the policy of a document, or the codes of its faults; file name and hash do not count."""
    return replace(parse_policy(to_yaml(found), "x.yaml"), sha256="")


@settings(max_examples=30)
@given(policies())
def test_yaml_keeps_a_document(raw):
    found = normal(raw)
    assert document(to_yaml(found), "x.yaml") == found


@settings(max_examples=10)
@given(policies())
def test_excel_keeps_a_document(tmp_path_factory, raw):
    found = normal(raw)
    path = tmp_path_factory.mktemp("x") / "made.xlsx"
    path.write_bytes(to_xlsx(found))
    back = _read(path).found
    assert back == found
    assert to_xlsx(back) == path.read_bytes()


@settings(max_examples=25)
@given(policies(), st.sampled_from(["1.5", "1.3"]))
def test_dmn_keeps_a_document(raw, version):
    found = normal(raw)
    assert document_of(to_dmn(found, version=version)) == found


@pytest.mark.parametrize("path", [p for pack in known_packs() for p in pack_files(pack)], ids=lambda p: p.stem)
def test_policies_that_ship_survive_all_three(path, tmp_path):
    policy = replace(parse_policy(path.read_text("utf-8"), "x.yaml"), sha256="")
    found = document(path.read_text("utf-8"), path.name)
    (tmp_path / "p.xlsx").write_bytes(to_xlsx(found))
    assert loads(found) == loads(_read(tmp_path / "p.xlsx").found) == loads(document_of(to_dmn(found))) == policy


def test_no_field_of_a_policy_file_is_forgotten():
    assert {*doc.ORDER} == TOP
    apart = {"values", "value", "inputs", "output", "rules", "remarks"}
    for section, keys in KEYS.items():
        assert keys - apart - {"source"} <= {*doc.FIELDS[section]}
