"""Small cases whose results are known from papers, manuals or by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.composite import Framework, Node, Table
from wutong.composite.aggregate import Way, aggregate, combine, copeland, outranking
from wutong.composite.ahp import ahp
from wutong.composite.doubt import benefit_of_the_doubt
from wutong.composite.effects import compare, correlation_ratio, main_effects, ranks, strengths
from wutong.composite.normalise import fit, normalise
from wutong.composite.prepare import impute_panel, impute_rows, screen
from wutong.composite.relate import correlation, cronbach, principal_components
from wutong.composite.statistics import column_statistics
from wutong.composite.topsis import topsis
from wutong.composite.treat import Rules, load_treatments, treat_column, winsorise
from wutong.composite.weigh import candidate, optimal
from wutong.errors import WutongError

X = np.array([3.0, 1.0, 2.0, np.nan, 2.0])
TREE = Framework.of([Node("a", 1, "P"), Node("b", 1, "P"), Node("c", 1, "Q"), Node("P", 2, "I"), Node("Q", 2, "I"),
                     Node("I", 3, None)])


def made(seed=0, n=40):
    rng = np.random.default_rng(seed)
    return Table(tuple(f"u{i}" for i in range(n)), ("a", "b", "c"), rng.random((n, 3)) * 99 + 1)


# COINr's own tests and documentation ---------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "parameters", "wanted"), [
    ("min_max", {"low": 1, "high": 100}, [100, 1, 50.5, np.nan, 50.5]),
    ("scaled", {"low": 0, "high": 4}, [75, 25, 50, np.nan, 50]),
    ("scaled", {"low": 0, "high": 4, "factor": 1}, [0.75, 0.25, 0.5, np.nan, 0.5]),
    ("z_score", {}, [1.224744871, -1.224744871, 0, np.nan, 0]),
    ("dist_max", {}, [1, 0, 0.5, np.nan, 0.5]),
    ("dist_ref", {"row": 3}, [2, 0, 1, np.nan, 1]),
    ("dist_ref", {"row": 3, "cap": 1}, [1, 0, 1, np.nan, 1]),
    ("dist_target", {"target": 5}, [0.5, 0, 0.25, np.nan, 0.25]),
    ("frac_max", {}, [1, 1 / 3, 2 / 3, np.nan, 2 / 3]),
    ("percentile", {}, [1, 0, 1 / 3, np.nan, 1 / 3]),
    ("rank", {}, [4, 1, 2, np.nan, 2]),
    ("borda", {}, [3, 0, 1, np.nan, 1]),
    ("goalposts", {"low": 1.5, "high": 2.5, "scale": 10}, [10, 0, 5, np.nan, 5]),
    ("goalposts", {"low": 1.5, "high": 2.5, "cut": 0}, [1.5, -0.5, 0.5, np.nan, 0.5]),
    ("ampi", {"reference": 2}, [130, 70, 100, np.nan, 100]),
    ("none", {}, X),
])
def test_normalisations(method, parameters, wanted):
    scale = fit(X, method, **parameters)
    np.testing.assert_allclose(scale.apply(X), wanted, atol=1e-9)
    assert type(scale).from_dict(scale.as_dict()).apply(X).tolist() == pytest.approx(scale.apply(X).tolist(), nan_ok=True)


@pytest.mark.parametrize(("method", "parameters", "x", "wanted"), [
    ("goalposts", {"low": 0, "high": 10}, [1, -1, 11], [0.9, 1, 0]),
    ("dist_target", {"target": 0}, [-1, 1, 10], [1.1, 0.9, 0]),
    ("dist_target", {"target": 0, "cap": 1}, [-1, 1, 10], [1, 0.9, 0]),
    ("min_max", {}, [0, 5, 10], [100, 50, 0]),
    ("ampi", {"reference": 5}, [0, 5, 10], [130, 100, 70]),
])
def test_less_is_better(method, parameters, x, wanted):
    values = np.array(x, dtype=float)
    np.testing.assert_allclose(fit(values, method, -1, **parameters).apply(values), wanted, atol=1e-12)


def test_parameters_from_the_metadata():
    tree = Framework.of([Node("a", 1, "I", direction=-1, parameters={"goalpost_lower": 0, "goalpost_upper": 10, "goalpost_scale": 2}),
                         Node("I", 2, None)])
    found, _ = normalise(Table.of([[1], [5]], ["a"]), tree, "goalposts", from_meta=True)
    assert found.values.ravel().tolist() == [1.8, 1.0]


@pytest.mark.parametrize(("way", "x", "w", "wanted"), [
    (Way("geometric"), [1, 2, 3], [1, 1, 1], 6 ** (1 / 3)),
    (Way("geometric"), [1, 2, 3], [1, 1, 2], 18 ** (1 / 4)),
    (Way("harmonic"), [1, 2, 3], [2, 1, 1], 4 / (2 + 1 / 2 + 1 / 3)),
    (Way("power", power=-1), [1, 2, 3], [2, 1, 1], 4 / (2 + 1 / 2 + 1 / 3)),
    (Way("power", power=1), [1, 2, 3], [1, 1, 1], 2),
    (Way("power", power=2), [1, 7, np.nan], [1, 1, 5], 5),
    (Way("minimum"), [3, 1, 2], [1, 1, 1], 1),
    (Way("arithmetic"), [1, np.nan, 4], [1, 9, 3], 3.25),
    (Way("arithmetic", availability=0.7), [1, np.nan, 4], [1, 9, 3], np.nan),
    (Way("arithmetic"), [np.nan, np.nan, np.nan], [1, 1, 1], np.nan),
    (Way("mpi"), [90, 100, 110], [1, 1, 1], 100 - 100 / 100),
    (Way("mpi", penalty=1), [90, 100, 110], [1, 1, 1], 101),
    (Way("mpi", ddof=0), [90, 110, 100], [1, 1, 1], 100 - 200 / 3 / 100),
])
def test_aggregations(way, x, w, wanted):
    np.testing.assert_allclose(combine(np.array([x], float), np.array(w, float), way), [wanted], atol=1e-12)


def test_outranking_and_copeland_of_the_coinr_test():
    x = np.array([[1, 3, 2], [2, 2, 3], [3, 1, 1], [4, 5, 4]], dtype=float)
    matrix = outranking(x, np.ones(3))
    assert np.diag(matrix).tolist() == [0, 0, 0, 0]
    assert [round(matrix[1, 0], 12), round(matrix[2, 0], 12), matrix[3, 0]] == [round(2 / 3, 12), round(1 / 3, 12), 1.0]
    assert copeland(x, np.ones(3)).tolist() == [-1.0, 1.0, -3.0, 3.0]


def test_mixed_aggregation_per_level():
    table = Table.of([[1, 4, 9]], ["a", "b", "c"])
    found = aggregate(table, TREE, [Way("geometric"), Way("arithmetic")])
    assert found.column("P")[0] == pytest.approx(2)
    assert found.column("I")[0] == pytest.approx(5.5)


def test_effective_weights_multiply_up_the_tree():
    assert TREE.effective_weights() == {"a": 0.25, "b": 0.25, "c": 0.5, "P": 0.5, "Q": 0.5, "I": 1.0}


@pytest.mark.parametrize(("how", "back", "wanted"), [
    ("latest", None, [np.nan, 2, 2, 2, 5]), ("latest", 1, [np.nan, 2, 2, np.nan, 5]),
    ("constant", None, [2, 2, 2, 2, 5]), ("linear", None, [2, 2, 3, 4, 5]),
])
def test_panel_imputation(how, back, wanted):
    table = Table(("u",) * 5, ("a",), np.array([[np.nan], [2.0], [np.nan], [np.nan], [5.0]]))
    np.testing.assert_array_equal(impute_panel(table, [1, 2, 3, 4, 5], how, back).values.ravel(), wanted)


def test_row_imputation_uses_the_unit_s_own_place():
    table = Table.of([[0, 10], [10, 20], [10, None]], ["a", "b"])
    tree = Framework.of([Node("a", 1, "I"), Node("b", 1, "I"), Node("I", 2, None)])
    assert impute_rows(table, tree).values[2, 1] == pytest.approx(20)


def test_screening_counts_zeros_among_what_is_there_and_can_be_forced():
    table = Table.of([[0, None, 0], [1, 2, 3], [None, None, 3]], ["a", "b", "c"])
    found = screen(table, "both", 0.5, 0.05)
    assert found.kept.tolist() == [False, True, False]
    assert found.nonzero.tolist() == [0, 1, 1]
    assert screen(table, "both", 0.5, 0.05, {"1": True, "2": False}).kept.tolist() == [True, False, False]


def test_winsorising_stops_at_the_limit_and_the_logarithm_follows():
    x = np.array([1.0] * 30 + [2.0, 3, 5, 8, 1000, 5000, 20000, 60000, 90000, 150000])
    assert len(winsorise(x, Rules(winmax=2))[2]) == 2
    logged, details = treat_column(x, "x", Rules(winmax=2))
    assert details.how == "log_ct"
    np.testing.assert_allclose(logged, np.log(x - 1 + 0.01 * 149999))
    again = load_treatments([details.as_dict()])[0]
    assert again.apply(x).tolist() == logged.tolist()
    assert again.apply(np.array([-5.0, 1e9])).tolist() == [logged.min(), logged.max()]


@pytest.mark.parametrize(("name", "power", "formula"), [
    ("log_ct_orig", 0, lambda x: np.log(x - x.min() + 1)),
    ("log_gii", 0, lambda x: np.log((x.max() - 1) * (x - x.min()) / (x.max() - x.min()) + 1)),
    ("box_cox", 0.5, lambda x: ((x - x.min() + 1) ** 0.5 - 1) / 0.5),
    ("box_cox", 0, lambda x: np.log(x - x.min() + 1)),
])
def test_other_transformations(name, power, formula):
    x = np.array([1.0] * 30 + [2.0, 3, 5, 8, 1000, 5000])
    np.testing.assert_allclose(treat_column(x, "x", Rules(0, otherwise=name, power=power))[0], formula(x))


def test_negative_skewness_is_mirrored():
    x = -np.array([1.0] * 30 + [2.0, 3, 5, 8, 1000, 5000])
    found, _ = treat_column(x, "x", Rules(0, otherwise="log_ct_plus"))
    shift = 0.01 * (x.max() - x.min())
    np.testing.assert_allclose(found, -np.log(x.max() + shift - x))


def test_statistics_of_a_column():
    s = column_statistics(np.array([0.0, 0, 0, 0, 1, 100, np.nan]), "x")
    assert (s.available, s.nonzero, s.unique, s.same, s.outliers) == (6, 2, 3, 4, 1)
    assert (s.few_available, s.few_nonzero, s.few_unique) == (False, True, True)
    assert column_statistics(np.full(3, np.nan)).available == 0


# textbooks ---------------------------------------------------------------------------------------------------


def test_topsis_of_tzeng_and_huang_2011():
    table = Table.of([[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]], ["x1", "x2", "x3"])
    assert topsis(table, [0.3, 0.4, 0.3]).round(4).tolist() == [0.5037, 0.6581, 0.7482, 0.3340]


def test_topsis_of_opricovic_and_tzeng_2004():
    table = Table.of([[1, 3000], [2, 3750], [5, 4500]], ["risk", "altitude"])
    assert topsis(table, [1, 1], [-1, 1], "linear").round(3).tolist() == [0.500, 0.617, 0.500]


def test_ahp_of_a_consistent_matrix_gives_its_weights():
    w = np.array([0.5, 0.3, 0.2])
    found = ahp(w[:, None] / w, ["a", "b", "c"])
    np.testing.assert_allclose(found.weights, w)
    assert found.ratio == pytest.approx(0, abs=1e-12)


def test_ahp_of_saaty_s_school_example():
    """Saaty 1980, satisfaction with school: six criteria, weights .32 .14 .03 .13 .24 .14, not consistent."""
    m = [[1, 4, 3, 1, 3, 4], [1 / 4, 1, 7, 3, 1 / 5, 1], [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
         [1, 1 / 3, 5, 1, 1, 1 / 3], [1 / 3, 5, 5, 1, 1, 3], [1 / 4, 1, 6, 3, 1 / 3, 1]]
    names = ["learning", "friends", "life", "vocational", "college", "music"]
    found = ahp(m, names, strict=False)
    assert found.weights.round(2).tolist() == [0.32, 0.14, 0.03, 0.13, 0.24, 0.14]
    np.testing.assert_allclose(np.array(m) @ found.weights, found.largest * found.weights)
    assert found.ratio == pytest.approx((found.largest - 6) / 5 / 1.24)
    assert not found.consistent
    with pytest.raises(WutongError, match="S277"):
        ahp(m, names)


def test_benefit_of_the_doubt_own_weights_times_own_data_is_the_score():
    table = made(3, 25)
    found = benefit_of_the_doubt(table, 0.1, 0.6)
    assert found.scores.max() == pytest.approx(1)
    np.testing.assert_allclose((found.weights * table.values).sum(axis=1), found.scores)
    assert (table.values @ found.weights.T).max() <= 1 + 1e-9
    assert found.shares.min() >= 0.1 - 1e-7
    assert found.shares.max() <= 0.6 + 1e-7
    assert sum(found.candidate().values()) == pytest.approx(1)


def test_components_of_two_columns_are_known():
    table = Table.of([[1, 1], [2, 3], [3, 2], [4, 5]], ["a", "b"])
    r = correlation(table.column("a"), table.column("b"))[0]
    parts = principal_components(table)
    np.testing.assert_allclose(parts.sd**2, [1 + r, 1 - r])
    np.testing.assert_allclose(parts.loadings[:, 0], [math.sqrt(0.5)] * 2)
    assert parts.kaiser == 1


def test_component_weights_are_never_negative_and_tell_the_sign():
    x = made(1).values
    table = Table(made(1).units, ("a", "b", "c"), np.column_stack([x[:, 0], -x[:, 0] + 5 * x[:, 1] / 99, x[:, 2]]))
    tree = Framework.of([Node("a", 1, "I"), Node("b", 1, "I"), Node("c", 1, "I"), Node("I", 2, None)])
    (found,) = candidate(table, tree, "pca")
    assert min(found.weights.values()) >= 0
    assert sum(found.weights.values()) == pytest.approx(1)
    assert any("opposite" in note for note in found.notes)


def test_cronbach_of_identical_columns_is_one():
    assert cronbach(Table.of([[1, 1], [2, 2], [5, 5]], ["a", "b"])) == pytest.approx(1)


@pytest.mark.parametrize("method", ["equal", "entropy", "critic", "deviation", "pca"])
def test_candidate_weights_sum_to_one_in_each_group(method):
    for group in candidate(made(), TREE, method):
        assert sum(group.weights.values()) == pytest.approx(1)


def test_balanced_weights_give_equal_correlations():
    tree = Framework.of([Node("a", 1, "I"), Node("b", 1, "I"), Node("c", 1, "I"), Node("I", 2, None)])
    table = made(5)
    stretched = table.with_values(table.values * [1, 5, 10])
    found = optimal(stretched, tree, 1)
    whole = aggregate(stretched, tree.with_weights(found.weights))
    rs = [correlation(whole.column(c), whole.column("I"))[0] for c in "abc"]
    assert max(rs) - min(rs) < 1e-4


# effects -----------------------------------------------------------------------------------------------------


def test_main_effect_finds_what_a_correlation_misses():
    x = np.linspace(-1, 1, 401)
    noise = np.random.default_rng(1).normal(0, 0.1, 401)
    assert correlation_ratio(x, x**2 + noise) == pytest.approx(np.var(x**2) / np.var(x**2 + noise), abs=0.03)
    assert correlation_ratio(np.random.default_rng(2).random(3000), np.random.default_rng(3).random(3000)) < 0.02


def test_main_effects_of_an_additive_index_are_the_variances():
    rng = np.random.default_rng(0)
    table = Table(tuple(map(str, range(4000))), ("a", "b", "c"), rng.random((4000, 3)))
    found = main_effects(aggregate(table, TREE), TREE)
    np.testing.assert_allclose([e.main for e in found], [1 / 6, 1 / 6, 2 / 3], atol=0.03)
    assert found[2].weight == 0.5
    assert found[2].ratio > 1.2


def test_comparison_counts_places():
    found = compare({"a": 3, "b": 2, "c": 1, "d": 5}, {"a": 1, "b": 2, "c": 3, "e": 1})
    assert [s.change for s in found.shifts] == [-2, 0, 2]
    assert (found.mean_shift, found.largest) == (4 / 3, 2)
    assert (found.only_first, found.only_second) == (("d",), ("e",))


def test_ranks_within_groups():
    table = Table(("u", "v", "w"), ("a",), np.array([[1.0], [2.0], [3.0]]), groups={"g": ("x", "x", None)})
    np.testing.assert_array_equal(ranks(table, "g").values.ravel(), [2, 1, np.nan])


def test_strengths_leave_out_a_shared_last_place():
    tree = Framework.of([Node("a", 1, "I"), Node("b", 1, "I", direction=-1), Node("c", 1, "I"), Node("I", 2, None)])
    table = Table(("u", "v", "w"), ("a", "b", "c"), np.array([[9.0, 1, 0], [5, 2, 0], [1, 3, 4]]))
    strong, weak = strengths(table, tree, "u", 1)
    assert [s.code for s in strong] == ["a"]
    assert [s.code for s in weak] == ["b"]


# properties --------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(1, 100), min_size=2, max_size=6), st.data())
def test_means_lie_between_the_least_and_the_most_and_grow(x, data):
    w = np.array(data.draw(st.lists(st.floats(0.1, 10), min_size=len(x), max_size=len(x))))
    at = data.draw(st.integers(0, len(x) - 1))
    more = np.array(x)
    more[at] += 1
    for method in ("arithmetic", "geometric", "harmonic", "minimum"):
        low, high = combine(np.array([x, more]), w, Way(method))
        assert min(x) - 1e-9 <= low <= max(x) + 1e-9
        assert high >= low - 1e-9


# bad input ---------------------------------------------------------------------------------------------------


def fails(code, action, column=None):
    with pytest.raises(WutongError) as caught:
        action()
    assert caught.value.code == code
    found = caught.value.diagnostics[0]
    assert "?" not in found.line("zh")
    assert "?" not in found.line("en")
    if column is not None:
        assert found.place.column == column


def test_bad_input_is_told_with_code_and_place():
    t = made()
    constant = t.with_values(np.column_stack([t.values[:, :2], np.full(40, 7.0)]))
    empty = t.with_values(np.column_stack([t.values[:, :2], np.full(40, np.nan)]))
    negative = t.with_values(t.values - 50)
    twin = Table(t.units, ("a", "b", "c"), np.column_stack([t.values[:, 0], t.values[:, 0] * 2, t.values[:, 2]]))
    fails("S215", lambda: normalise(constant, TREE), "c")
    fails("S214", lambda: normalise(empty, TREE), "c")
    fails("S211", lambda: Table.of([[1, math.inf]], ["a", "b"]), "b")
    fails("S252", lambda: aggregate(negative, TREE, Way("geometric")))
    fails("S253", lambda: aggregate(t, TREE, Way("power", power=0)))
    fails("S250", lambda: aggregate(t, TREE, Way("median")))
    fails("S251", lambda: aggregate(t, TREE, [Way()]))
    fails("S255", lambda: copeland(np.zeros((5001, 2)), np.ones(2)))
    fails("S261", lambda: principal_components(twin))
    fails("S270", lambda: candidate(negative, TREE, "entropy"))
    fails("S275", lambda: ahp([[1, -2], [-0.5, 1]], ["a", "b"]), "b")
    fails("S276", lambda: ahp([[1, 2], [2, 1]], ["a", "b"]), "b")
    fails("S274", lambda: ahp([[1, 2]], ["a", "b"]))
    fails("S282", lambda: benefit_of_the_doubt(t, 0.5, 1.0))
    fails("S283", lambda: benefit_of_the_doubt(Table.of([[1, 0, 1], [1, 1, 1]], ["a", "b", "c"]), 0.1))
    fails("S280", lambda: benefit_of_the_doubt(negative))
    fails("S240", lambda: fit(X, "softmax"))
    fails("S241", lambda: fit(X, "goalposts"))
    fails("S242", lambda: fit(X, "goalposts", low=1, high=1))


@pytest.mark.parametrize(("nodes", "code"), [
    ([Node("a", 1, "I"), Node("a", 1, "I"), Node("I", 2, None)], "S201"),
    ([Node("a", 1, "J"), Node("b", 1, "I"), Node("I", 2, None)], "S202"),
    ([Node("a", 1, "I"), Node("I", 3, None)], "S203"),
    ([Node("a", 1, "b"), Node("b", 2, "a")], "S204"),
    ([Node("a", 1, "I", direction=0), Node("I", 2, None)], "S205"),
    ([Node("a", 1, "I", math.nan), Node("I", 2, None)], "S206"),
    ([Node("a", 1, "I", 0), Node("I", 2, None)], "S207"),
    ([Node("a", 1, "I"), Node("E", 2, "T"), Node("I", 2, "T"), Node("T", 3, None)], "S208"),
])
def test_a_faulty_tree_is_refused(nodes, code):
    fails(code, lambda: Framework.of(nodes))
