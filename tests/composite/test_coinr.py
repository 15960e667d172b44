"""Every stage of COINr 1.1.14 on its ASEM data: `build_example_coin()`, 51 units, 49 indicators, 60 columns."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest

from wutong.composite.aggregate import aggregate, dominance
from wutong.composite.effects import ranks, removals
from wutong.composite.normalise import normalise
from wutong.composite.prepare import denominate, denominators_of, impute, screen
from wutong.composite.relate import principal_components
from wutong.composite.treat import kurtosis, reapply, skewness, treat, treat_column


def agrees(found, wanted, tolerance=1e-9):
    picked = found.pick(wanted.codes)
    assert picked.units == wanted.units
    assert np.array_equal(np.isnan(picked.values), np.isnan(wanted.values))
    np.testing.assert_allclose(picked.values, wanted.values, rtol=tolerance, atol=tolerance)


def test_raw_data_are_read_as_coinr_reads_them(asem, stage):
    assert len(asem.table.codes) == 49
    assert np.array_equal(asem.table.pick(stage("Raw").codes).values, stage("Raw").values, equal_nan=True)


def test_denominated(asem, stage):
    agrees(denominate(asem.table, denominators_of(asem.tree)), stage("Denominated"), 1e-15)


def test_imputed_by_group_mean_and_observed_cells_stay(asem, stage):
    before = denominate(asem.table, denominators_of(asem.tree))
    after = impute(before, "mean", "EurAsia_group")
    agrees(after, stage("Imputed"), 1e-15)
    seen = ~np.isnan(before.values)
    assert not seen.all()
    assert np.array_equal(before.values[seen], after.values[seen])


def test_screened_keeps_all_units(stage):
    assert screen(stage("Imputed"), at_least=0.9).kept.all()


def test_treated_with_the_same_points_and_shapes(shared, stage):
    treated, details = treat(stage("Screened"))
    agrees(treated, stage("Treated"), 1e-12)
    with (shared / "data" / "composite-index" / "chainA_treat_details.csv").open(encoding="utf-8") as file:
        wanted = {row["iCode"]: row for row in csv.DictReader(file)}
    assert {d.code: d.points for d in details if d.points} == {
        code: int(row["winsorise.nwin"]) for code, row in wanted.items() if row["winsorise.nwin"] not in ("", "NA")}
    for found in details:
        row = wanted[found.code]
        end = "1" if found.points else "0"
        assert found.before[0] == pytest.approx(float(row["check_SkewKurt0.Skew"]), abs=1e-12)
        assert found.before[1] == pytest.approx(float(row["check_SkewKurt0.Kurt"]), abs=1e-11)
        assert found.after[0] == pytest.approx(float(row[f"check_SkewKurt{end}.Skew"]), abs=1e-12)
        assert found.after[1] == pytest.approx(float(row[f"check_SkewKurt{end}.Kurt"]), abs=1e-11)


def test_frozen_bounds_do_the_same_again(stage):
    treated, details = treat(stage("Screened"))
    assert np.array_equal(reapply(stage("Screened"), details).values, treated.values)


def test_normalised(asem, stage):
    agrees(normalise(stage("Treated"), asem.tree)[0], stage("Normalised"), 1e-12)


def test_aggregated_in_60_columns_with_identical_ranks(asem, stage):
    found = aggregate(stage("Normalised"), asem.tree)
    wanted = stage("Aggregated")
    assert len(wanted.codes) == 60
    agrees(found, wanted, 1e-12)
    assert np.array_equal(ranks(found).pick(wanted.codes).values, stage("ranks_full").pick(wanted.codes).values)


def test_the_whole_chain_from_raw_data(asem, stage):
    table = denominate(asem.table, denominators_of(asem.tree))
    table = impute(table, "mean", "EurAsia_group")
    table = table.take(screen(table, at_least=0.9).kept)
    table, _ = treat(table)
    table, _ = normalise(table, asem.tree)
    agrees(aggregate(table, asem.tree), stage("Aggregated"), 1e-12)


def test_skewness_and_kurtosis_printed_in_the_documentation():
    """COINr documentation of `Treat`: 1 to 10 with the outliers 30 and 100."""
    x = np.array([*range(1, 11), 30, 100], dtype=float)
    assert (round(skewness(x), 6), round(kurtosis(x), 6)) == (3.063241, 9.741391)
    treated, details = treat_column(x)
    assert treated.tolist() == [*range(1, 11), 30, 30]
    assert tuple(round(v, 6) for v in details.after) == (1.712038, 1.815781)


def test_removal_effects_of_the_eight_pillars(asem, stage):
    found = removals(stage("Normalised"), asem.tree, level=2)
    assert [round(r.mean_shift, 3) for r in found] == [1.529, 2.627, 2.902, 1.176, 1.686, 3.098, 3.961, 2.627]


def test_dominance_over_pillars(asem, stage):
    pillars = stage("Aggregated").pick(asem.tree.at(2))
    pairs, share = dominance(pillars.values, np.ones(8))
    assert pairs == 71
    assert round(share, 4) == 0.0557


def test_first_component_has_a_stable_sign_and_unit_length(asem, stage):
    parts = principal_components(stage("Normalised").pick(asem.tree.below("Social")))
    first = parts.loadings[:, 0]
    assert first.sum() >= 0
    assert math.isclose((first**2).sum(), 1.0)
    assert math.isclose(parts.explained.sum(), 1.0)
