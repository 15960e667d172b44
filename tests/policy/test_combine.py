"""The best legal combination: hand-computed cases, and every way to solve it against brute force."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.made import ON, policy

from wutong.errors import WutongError
from wutong.packs.model import Benefit
from wutong.policy import combine as module
from wutong.policy.amounts import ceilings_of
from wutong.policy.combine import Ceiling, Item, Line, Problem, combine

D = Decimal


def benefit(code: str, *groups: str, kind: str = "grant", pays_for: tuple[str, ...] = ()) -> Benefit:
    return Benefit(code, f"奖{code}", "1元", None, None, groups=groups, kind=kind, pays_for=pays_for)


def line(code: str, amount: int, *groups: str, high: int | None = -1, **more: object) -> Line:
    return Line("p", benefit(code, *groups, **more), D(amount), D(amount) if high == -1 else high and D(high))


def said(lines: list[Line], ceilings: tuple[Ceiling, ...] = (), **more: bool) -> list[tuple[str, bool, str, tuple[str, ...]]]:
    return [(c.line.benefit.code, c.counted, c.why, c.against) for c in combine(lines, ceilings, **more).lines]


def test_of_overlapping_groups_two_small_ones_beat_the_one_between() -> None:
    lines = [line("a", 30, "g"), line("b", 50, "g", "h"), line("c", 30, "h")]
    assert said(lines) == [("a", True, "", ()), ("b", False, "group", ("奖a", "奖c")), ("c", True, "", ())]
    assert combine(lines)[1:] == (D(60), D(60))


def test_equal_amounts_take_the_earlier_benefit() -> None:
    assert [c for c, counted, *_ in said([line("a", 5, "g"), line("b", 5, "g")]) if counted] == ["a"]


def test_quota_is_no_money() -> None:
    assert said([line("a", 5), line("q", 900, kind="quota")]) == [("a", True, "", ()), ("q", False, "quota", ())]


def test_a_ceiling_cuts_the_later_benefit_and_says_so() -> None:
    ceiling = Ceiling("年度上限", frozenset({("p", "a"), ("p", "b")}), 500_00)
    found = combine([line("a", 300), line("b", 300), line("c", 50)], (ceiling,))
    assert [(c.line.benefit.code, c.paid, c.why, c.against) for c in found.lines] == [
        ("a", D(300), "", ()), ("b", D(200), "ceiling", ("年度上限",)), ("c", D(50), "", ())]
    assert found[1:] == (D(550), D(550))


def test_a_ceiling_bounds_what_is_open() -> None:
    ceiling = Ceiling("上限", frozenset({("p", "a")}), 500_00)
    assert combine([line("a", 100, high=None)], (ceiling,))[1:] == (D(100), D(500))
    assert combine([line("a", 100, high=None)])[1:] == (D(100), None)


def test_same_matter_is_exclusive_only_when_asked() -> None:
    lines = [line("a", 5, pays_for=("平台",)), line("b", 9, pays_for=("平台",))]
    assert combine(lines).low == D(14)
    assert said(lines, one_per_matter=True) == [("a", False, "group", ("奖b",)), ("b", True, "", ())]


def test_no_lines_no_money() -> None:
    assert combine([]) == ((), D(0), D(0))


amounts = st.lists(st.integers(0, 40), min_size=1, max_size=7)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[int], list[int], list[set[int]], list[tuple[set[int], int]]]:
    low = draw(amounts)
    high = [n + draw(st.integers(0, 9)) for n in low]
    size = len(low)
    groups = draw(st.lists(st.sets(st.integers(0, size - 1), min_size=2 if size > 1 else 1), max_size=3))
    outer = draw(st.sets(st.integers(0, size - 1)))
    inner = draw(st.sets(st.sampled_from(sorted(outer)))) if outer else set()
    caps = [(m, draw(st.integers(0, 90))) for m in (inner, outer) if m]
    return low, high, groups, caps


def brute(values: list[int], groups: list[set[int]], caps: list[tuple[set[int], int]]) -> int:
    best = 0
    for size in range(len(values) + 1):
        for taken in combinations(range(len(values)), size):
            if any(len(set(taken) & g) > 1 for g in groups):
                continue
            paid = {n: values[n] for n in taken}
            for members, amount in caps:
                over = sum(v for n, v in paid.items() if n in members) - amount
                for n in sorted(members & paid.keys(), reverse=True):
                    cut = max(0, min(over, paid[n]))
                    paid[n], over = paid[n] - cut, over - cut
            best = max(best, sum(paid.values()))
    return best


@pytest.mark.parametrize("few", [4096, 0])
@settings(max_examples=60, deadline=None)
@given(made=problems())
def test_listing_and_integer_program_find_what_brute_force_finds(few: int, made: tuple) -> None:
    low, high, groups, caps = made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FEW", few)
        items = [Item("p", benefit(str(n), *(f"g{k}" for k, g in enumerate(groups) if n in g))) for n in range(len(low))]
        ceilings = [Ceiling(f"c{k}", frozenset(("p", str(n)) for n in m), a) for k, (m, a) in enumerate(caps)]
        problem = Problem(items, ceilings)
        arrays = np.array([low]), np.array([high])
        choice = problem.solve(*arrays, np.zeros((1, len(low)), dtype=bool))
    assert (choice.low[0], choice.high[0]) == (brute(low, groups, caps), brute(high, groups, caps))
    assert choice.paid.sum() == choice.low[0]
    assert not any(choice.chosen[0, list(g)].sum() > 1 for g in groups)


@settings(max_examples=30, deadline=None)
@given(made=problems(), seed=st.integers(0, 99))
def test_the_order_of_benefits_does_not_change_the_total(made: tuple, seed: int) -> None:
    low, high, groups, _ = made
    lines = [Line("p", benefit(str(n), *(f"g{k}" for k, g in enumerate(groups) if n in g)), D(low[n]), D(high[n]))
             for n in range(len(low))]
    turned = [lines[n] for n in np.random.default_rng(seed).permutation(len(lines))]
    assert combine(lines)[1:] == combine(turned)[1:]


LIMITED = """
parameters: [{code: cap, zh: 年度上限, value: 5, unit: 万元, source: s}]
benefits:
  - {code: a, zh: 甲, amount: 3万元, source: s, group: [g, h], pays_for: 平台}
  - {code: b, zh: 乙, amount: 4万元, source: s, group: g}
limits:
  - {code: l, zh: 合计上限, benefits: [a, b], amount: LIMIT, source: s}
"""


def test_packs_state_groups_matters_and_limits() -> None:
    made = policy(LIMITED.replace("LIMIT", "年度上限"))
    assert [(b.groups, b.pays_for) for b in made.benefits] == [(("g", "h"), ("平台",)), (("g",), ())]
    assert ceilings_of(made, ON) == [Ceiling("合计上限", frozenset({("tests.made", "a"), ("tests.made", "b")}), 5_000_000)]
    assert ceilings_of(policy(LIMITED.replace("LIMIT", "2.5万元")), ON)[0].amount == 2_500_000


def test_a_limit_that_is_no_amount_is_refused() -> None:
    with pytest.raises(WutongError) as caught:
        ceilings_of(policy(LIMITED.replace("LIMIT", "很多")), ON)
    assert caught.value.code == "R306"


def test_limits_name_benefits_of_the_policy_and_do_not_cross() -> None:
    body = LIMITED.replace("LIMIT", "5万元") + """\
  - {code: m, zh: 另一上限, benefits: [b, x], amount: 1万元, source: s}
"""
    with pytest.raises(WutongError) as caught:
        policy(body)
    assert [d.code for d in caught.value.diagnostics] == ["P160", "P161"]
