from __future__ import annotations

import numpy as np
import openpyxl
import pytest
from scipy.stats import rankdata

from wutong.composite import Framework, Node, Table
from wutong.composite.aggregate import Way, aggregate
from wutong.composite.bands import Noise, Scores, rank_bands
from wutong.composite.branches import Branch
from wutong.composite.choices import factors_of, sensitivity, uncertainty
from wutong.composite.reading import Study, read_study
from wutong.composite.recipe import Recipe, run
from wutong.composite.store import open_study, write_manifest, write_study
from wutong.errors import WutongError

TREE = Framework.of([Node("a", 1, "P", 2), Node("b", 1, "P"), Node("c", 1, "Q"), Node("P", 2, "I"), Node("Q", 2, "I", 3),
                     Node("I", 3, None)])
X = np.random.default_rng(5).random((25, 3)) * 99 + 1
STUDY = Study(Table(tuple(f"u{i}" for i in range(25)), ("a", "b", "c"), X, {"g": ("x", None) * 12 + ("x",)},
                    {"d": X[:, 0] + 1}), TREE)


def test_a_stored_step_gives_the_same_numbers_again(tmp_path):
    write_study(tmp_path, STUDY.table, TREE)
    write_manifest(tmp_path, "impute", {}, "")
    found = open_study(tmp_path)
    assert np.array_equal(found.table.values, X)
    assert found.table.groups == STUDY.table.groups
    assert np.array_equal(found.table.denominators["d"], STUDY.table.denominators["d"])
    assert [(n.code, n.parent, n.weight) for n in found.tree.nodes] == [(n.code, n.parent, n.weight) for n in TREE.nodes]


def test_an_excel_file_may_hold_data_and_metadata(tmp_path):
    book = openpyxl.Workbook()
    data, meta = book.active, book.create_sheet("iMeta")
    data.title = "iData"
    for row in (["编号", "名称", "r", "s"], ["A", "甲", 1.5, None], ["B", "乙", 2, 7]):
        data.append(row)
    for row in (["iCode", "上级", "权重"], ["r", "I", 3], ["s", "I", 1], ["I", None, 1]):
        meta.append(row)
    book.save(tmp_path / "x.xlsx")
    found = read_study(tmp_path / "x.xlsx", tmp_path / "x.xlsx")
    assert found.table.units == ("A", "B")
    assert found.table.names == {"A": "甲", "B": "乙"}
    np.testing.assert_array_equal(found.table.values, [[1.5, np.nan], [2, 7]])
    assert [(n.code, n.level) for n in found.tree.nodes] == [("r", 1), ("s", 1), ("I", 2)]


def test_frozen_scales_place_new_units_as_the_old_ones():
    chain = run(STUDY, Recipe.of(["treat", {"normalise": {"method": "percentile"}}]))
    for code, scale in chain.scales.items():
        np.testing.assert_allclose(scale.apply(chain.stages["treat"].column(code)), chain.normalised.column(code))


def test_uncertainty_over_weights_alone_matches_the_fast_engine_in_spread():
    recipe = Recipe.of([{"aggregate": {}}])
    slow = uncertainty(STUDY, recipe, {"weights": 0.25}, samples=600, seed=2)
    chain = run(STUDY, recipe)
    share = TREE.effective_weights()
    fast = rank_bands(Scores.of(chain.normalised.values, [share[c] for c in "abc"]), Noise(3000), tops=(5,))
    np.testing.assert_allclose(slow.mean(), fast.mean, atol=0.6)
    np.testing.assert_allclose(slow.top(5), fast.top[5], atol=0.2)


def test_sensitivity_finds_the_choice_that_matters():
    vary = {"normalise": [{"method": "min_max"}, {"method": "min_max", "parameters": {"high": 10}}],
            "aggregate.method": ["arithmetic", "minimum"]}
    found = sensitivity(STUDY, Recipe.of([]), vary, n=32)
    assert found.factors == ("normalise", "aggregate.method")
    assert found.indices.total[0, 0] == pytest.approx(0, abs=1e-12)
    assert found.indices.total[1, 0] > 0.5
    assert found.ranks.shape == (64, 25)
    again = sensitivity(STUDY, Recipe.of([]), vary, n=32)
    assert np.array_equal(found.ranks, again.ranks)


def test_an_impossible_combination_is_told_before_sampling():
    with pytest.raises(WutongError) as caught:
        uncertainty(STUDY, Recipe.of([]), {"aggregate.method": ["arithmetic", "geometric"]})
    assert caught.value.code == "S252"


@pytest.mark.parametrize(("vary", "code"), [
    ({"treat.winmax": [0, 5]}, "S235"), ({"normalise": [{}]}, "S236"), ({"weights": 2}, "S298"), ({"normalise.speed": [1, 2]}, "S235"),
])
def test_faulty_choices_are_told(vary, code):
    with pytest.raises(WutongError) as caught:
        factors_of(vary, Recipe.of([]))
    assert caught.value.code == code


@pytest.mark.parametrize("way", [Way(), Way("geometric"), Way("harmonic"), Way("power", 2.0), Way("minimum"), Way("maximum"),
                                 Way("sum"), Way("mpi"), Way("geometric", floor=50.0)])
def test_a_branch_is_the_aggregate_of_its_node(way):
    weights = np.array([[2.0, 1.0]])
    inner = Branch(way, (0, 1), weights)
    root = Branch(Way(), (inner, Branch(Way(), (2,), np.array([[1.0]]))), np.array([[1.0, 3.0]]))
    found = root.scores(lambda j: X[None, :, j], lambda w: w[None], np.zeros(25, dtype=np.intp))[0]
    wanted = aggregate(STUDY.table, TREE, {"P": way}).column("I")
    np.testing.assert_allclose(found, wanted)


def test_bands_of_a_bent_tree_without_noise_are_the_ranks():
    branch = Branch(Way("geometric"), (0, 1, 2), np.array([[1.0, 1, 1]]))
    nominal = branch.scores(lambda j: X[None, :, j], lambda w: w[None], np.zeros(25, dtype=np.intp))[0]
    scores = Scores(X, X, np.ones((1, 3)), np.zeros(25, dtype=np.intp), nominal, None, branch).checked()
    found = rank_bands(scores, Noise(40, spread=0), tops=(3,))
    assert found.low.tolist() == found.high.tolist() == rankdata(-nominal, method="min").tolist()
    moved = rank_bands(scores, Noise(200, spread=0.5), tops=(3,))
    assert moved.width.max() > 0


def test_weights_of_a_recipe_can_be_equal_or_given():
    assert run(STUDY, Recipe.of([{"aggregate": {"weights": "equal"}}])).tree.effective_weights()["Q"] == 0.5
    assert run(STUDY, Recipe.of([{"aggregate": {"weights": {"Q": 1}}}])).tree.effective_weights()["Q"] == 0.5
    with pytest.raises(WutongError, match="S202"):
        run(STUDY, Recipe.of([{"aggregate": {"weights": {"Z": 1}}}]))
