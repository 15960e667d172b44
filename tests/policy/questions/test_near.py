"""Near misses of a whole registry, counted and named from masks alone."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.policy.questions.asked import conditions, policy

from wutong.policy.gaps import decided
from wutong.policy.near import ROWS, TOGETHER, near_counts, near_rows, one_step

TREES = [
    {"all": ["a", "b", "c", "d"]}, {"any": ["a", "b", "c", "d"]}, {"all": ["a", {"any": ["b", {"all": ["c", "d"]}]}]},
    {"any": [{"all": ["a", "b"]}, {"all": ["c", "d"]}]}, {"all": [{"any": ["a", "b"]}, {"any": ["c", "d"]}]},
    {"all": ["a", {"any": ["a", "b"]}, "c", "d"]}, "a",
]
NEGATED = [{"all": ["a", {"not": "b"}, {"any": ["c", "d"]}]}, {"any": ["a", {"not": {"all": ["b", "c"]}}, "d"]}]


@pytest.mark.parametrize("tree", TREES)
def test_one_step_is_what_trying_every_condition_gives(tree: dict[str, object]) -> None:
    made = SimpleNamespace(conditions=[SimpleNamespace(code=c) for c in "abcd"], decide=tree)
    for values in product((True, False, None), repeat=4):
        truths = dict(zip("abcd", values, strict=True))
        failed = sum(1 << n for n, v in enumerate(values) if v is False)
        unknown = sum(1 << n for n, v in enumerate(values) if v is None)
        expected = 0
        if decided(tree, truths) is False:
            expected = sum(1 << n for n, c in enumerate("abcd")
                           if truths[c] is False and decided(tree, {**truths, c: True}) is True)
        if decided(tree, truths) is not None:
            assert one_step(made, failed, unknown) == expected, truths


@pytest.mark.parametrize("tree", TREES)
def test_the_statement_says_the_same_of_every_mask(tree: dict[str, object]) -> None:
    made = SimpleNamespace(conditions=[SimpleNamespace(code=c) for c in "abcd"], decide=tree, key="made.x")
    masks = [(f, u) for f in range(16) for u in range(16) if not f & u and _decided(tree, f, u) is False]
    table = results(*((0, f, u) for f, u in masks))
    tally = [sum(1 for f, u in masks if one_step(made, f, u) >> n & 1) for n in range(4)]
    found = near_counts(table, [("p00", made)])[0]
    assert found.companies == sum(1 for f, u in masks if one_step(made, f, u))
    assert dict(found.conditions) == {c: n for c, n in zip("abcd", tally, strict=True) if n}


def _decided(tree: dict[str, object], failed: int, unknown: int) -> bool | None:
    return decided(tree, {c: False if failed >> n & 1 else None if unknown >> n & 1 else True for n, c in enumerate("abcd")})


MADE = policy(conditions(a="上年研发费用 >= 10万元", b="居民企业", c="拥有自主品牌"))


def results(*rows: tuple[int, int, int]) -> pa.Table:
    names = [f"c{n}" for n in range(len(rows))]
    columns = {"p00_verdict": pa.uint8(), "p00_failed": pa.uint64(), "p00_unknown": pa.uint64()}
    return pa.table({"company": names} | {n: pa.array([r[k] for r in rows], t) for k, (n, t) in enumerate(columns.items())})


def test_near_misses_are_counted_and_named() -> None:
    table = results((1, 0, 0), (0, 0b001, 0), (0, 0b011, 0), (0, 0b001, 0b100), (0, 0b010, 0), (0, 0b001, 0))
    found = near_counts(table, [("p00", MADE)])[0]
    assert (found.companies, found.conditions) == (3, (("a", 2), ("b", 1)))
    assert near_rows(table, "p00", MADE) == [("c1", ("a",)), ("c4", ("b",)), ("c5", ("a",))]


def _masks(rows: int, conditions: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return random masks of failed and unknown conditions, few of either, so that near misses are many."""
    dice = np.random.default_rng(seed)
    draw = dice.random((rows, conditions))
    bits = np.uint64(1) << np.arange(conditions, dtype=np.uint64)
    share = 1.5 / conditions
    failed = np.where(draw < share, bits, np.uint64(0)).sum(axis=1, dtype=np.uint64)
    unknown = np.where((draw >= share) & (draw < 1.3 * share), bits, np.uint64(0)).sum(axis=1, dtype=np.uint64)
    return failed, unknown


def _made(tree: object, codes: list[str], number: int) -> SimpleNamespace:
    return SimpleNamespace(key=f"made.{number}", decide=tree, conditions=[SimpleNamespace(code=c) for c in codes])


def _expected(made: SimpleNamespace, failed: np.ndarray, unknown: np.ndarray) -> list[tuple[int, int]]:
    """Return place and mask of every near miss, one company after the other."""
    codes, found = [c.code for c in made.conditions], []
    for at, (f, u) in enumerate(zip(failed.tolist(), unknown.tolist(), strict=True)):
        truths = {c: False if f >> n & 1 else None if u >> n & 1 else True for n, c in enumerate(codes)}
        if decided(made.decide, truths) is False and (mask := one_step(made, f, u)):
            found.append((at, mask))
    return found


def test_random_masks_of_many_policies_are_counted_as_one_company_after_the_other(tmp_path: Path) -> None:
    wide = [f"c{n}" for n in range(63)]
    trees = [(t, list("abcd")) for t in [*TREES, *NEGATED]]
    trees += [({"all": wide}, wide), ({"all": [*wide[:40], {"any": wide[40:]}]}, wide), ({"all": [*wide[:5], {"not": wide[62]}]}, wide)]
    assert len(trees) > 2 * TOGETHER, "several workers"
    columns, pairs, expected = {"company": [f"c{n:05d}" for n in range(2_000)]}, [], []
    for number, (tree, codes) in enumerate(trees):
        made = _made(tree, codes, number)
        failed, unknown = _masks(2_000, len(codes), number)
        columns |= {f"p{number:02d}_failed": failed, f"p{number:02d}_unknown": unknown}
        pairs.append((f"p{number:02d}", made))
        expected.append(_expected(made, failed, unknown))
    table, file = pa.table(columns), tmp_path / "results.parquet"
    pq.write_table(table, file, row_group_size=300)
    for source in (table, file):
        for (prefix, made), found, near in zip(pairs, near_counts(source, pairs), expected, strict=True):
            codes = [c.code for c in made.conditions]
            tally = {c: sum(m >> n & 1 for _, m in near) for n, c in enumerate(codes)}
            assert (found.policy, found.companies) == (made.key, len(near))
            assert found.conditions == tuple((c, n) for c, n in tally.items() if n)
            named = [(f"c{at:05d}", tuple(c for n, c in enumerate(codes) if mask >> n & 1)) for at, mask in near]
            assert near_rows(source, prefix, made) == named
    assert sum(map(len, expected)) > 1_000


def test_pieces_of_a_long_file_are_added_up(tmp_path: Path) -> None:
    failed = np.zeros(2 * ROWS + 3, np.uint64)
    failed[[0, ROWS, 2 * ROWS + 2]] = 1, 2, 2
    file = tmp_path / "results.parquet"
    pq.write_table(pa.table({"p00_failed": failed, "p00_unknown": np.zeros_like(failed)}), file)
    found = near_counts(file, [("p00", MADE)])[0]
    assert (found.companies, found.conditions) == (3, (("a", 1), ("b", 2)))
