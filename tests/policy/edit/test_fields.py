"""Parts of a policy document: what a form shows comes back as it was; a finding is told at its cell."""

from __future__ import annotations

import pytest

from wutong.errors import Diagnostic, Place, WutongError
from wutong.packs.loader import known_packs, pack_files
from wutong.policy.edit.document import document
from wutong.policy.edit.fields import Part, Spot, part_names, part_of, spot_of, with_part

FILES = [path for pack in known_packs() for path in pack_files(pack)]
TSME = next(p for p in FILES if p.name.startswith("tsme"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_part_of_every_pack_comes_back_as_it_was(path):
    found = document(path.read_text("utf-8"), path.name)
    assert [name for name in part_names(found) if with_part(found, part_of(found, name)) != found] == []


@pytest.mark.parametrize(("place", "spot"), [
    (Place(clause="staff_max"), Spot("parameters", "r.0.0")),
    (Place(clause="score_staff #2", expression=">= 25%"), Spot("tables.0", "r.1.0")),
    (Place(clause="score_staff"), Spot("tables.0", "p.code")),
    (Place(clause="sources.art8"), Spot("sources", "r.6.0")),
    (Place(clause="window"), Spot("head", "p.window.from")),
    (Place(), Spot("head", "")),
])
def test_a_finding_is_told_at_its_cell(place, spot):
    found = document(TSME.read_text("utf-8"), TSME.name)
    assert spot_of(found, Diagnostic.of("P105", place)) == spot


def test_a_figure_of_two_rows_has_two_values():
    rows = [["a", "甲", "", "元", "1", "2026-01-01", "2026-12-31", "s", ""], ["a", "甲", "", "元", "2", "2027-01-01", "", "s", ""]]
    part = Part("parameters", {}, part_of({}, "parameters").columns, rows)
    assert [v["value"] for v in with_part({}, part)["parameters"][0]["values"]] == ["1", "2"]


def test_two_sources_of_one_name_and_a_part_that_is_not_there_are_told():
    part = Part("sources", {}, ["id", "doc_no"], [["s", "一"], ["s", "二"]])
    with pytest.raises(WutongError, match="P158"):
        with_part({}, part)
    with pytest.raises(KeyError):
        part_of({}, "tables.0")
