"""Candidate weights from data: equal, entropy, CRITIC, principal components. A person decides whether to use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from wutong.composite.aggregate import aggregate
from wutong.composite.framework import Framework
from wutong.composite.relate import principal_components
from wutong.composite.table import Floats, Table, need_spread
from wutong.errors import Diagnostic, Place, WutongError


@dataclass(frozen=True, slots=True)
class Candidate:
    """Weights of one group, summing to one, and what a reader must know of them."""

    group: str
    method: str
    weights: Mapping[str, float]
    notes: tuple[str, ...] = ()


def _complete(table: Table, what: str) -> Table:
    used = table.complete()
    if len(used.units) < 3:
        raise WutongError.of("S260", units=len(used.units))
    need_spread(used, what)
    return used


def _shares(raw: Floats) -> Floats:
    return np.asarray(raw / raw.sum())


def equal(table: Table) -> Floats:
    """Return 1/m for each column."""
    return np.full(len(table.codes), 1 / len(table.codes))


def entropy(table: Table) -> Floats:
    """Return entropy weights (Shannon 1948; Zeleny 1982): what differs more between units weighs more.

    w_j ∝ 1 + Σ p ln p / ln n with p the shares of the units in the column; over complete units.

    Raises:
        WutongError: S260, S214, S215; S270 a negative value, for which shares do not exist.

    >>> entropy(Table.of([[1, 1], [2, 1], [3, 4]], ["a", "b"])).round(4).tolist()
    [0.274, 0.726]
    """
    used = _complete(table, "entropy")
    negative = np.argwhere(used.values < 0)
    if len(negative):
        i, j = negative[0]
        raise WutongError(Diagnostic.of("S270", Place(column=used.codes[j]), unit=used.units[i], value=f"{used.values[i, j]:g}"))
    p = used.values / used.values.sum(axis=0)
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    return _shares(1 + (p * logs).sum(axis=0) / np.log(len(p)))


def critic(table: Table) -> Floats:
    """Return CRITIC weights (Diakoulaki, Mavrotas & Papayannakis 1995): spread times conflict with the others.

    Columns are scaled to 0–1; w_j ∝ σ_j Σ_k (1 − r_jk), over complete units.

    Raises:
        WutongError: S260, S214, S215; S271 columns that all say the same.
    """
    used = _complete(table, "CRITIC")
    low, high = used.values.min(axis=0), used.values.max(axis=0)
    scaled = (used.values - low) / (high - low)
    conflict = (1 - np.atleast_2d(np.corrcoef(scaled, rowvar=False))).sum(axis=0)
    raw = scaled.std(axis=0, ddof=1) * (conflict if len(used.codes) > 1 else 1.0)
    if raw.sum() < 1e-12:
        raise WutongError.of("S271", names="、".join(used.codes))
    return _shares(raw)


def deviation(table: Table) -> Floats:
    """Return weights proportional to the standard deviation of the columns scaled to 0–1. Raises S260, S214, S215."""
    used = _complete(table, "deviation")
    low, high = used.values.min(axis=0), used.values.max(axis=0)
    return _shares(((used.values - low) / (high - low)).std(axis=0, ddof=1))


def components(table: Table) -> Floats:
    """Return squared loadings on the first principal component, which sum to one and are never negative.

    COINr takes the loadings themselves; they may be negative, and a negative weight would turn the meaning of an
    indicator. Loadings with different signs are told by :func:`candidate` in the notes.

    Raises:
        WutongError: S214, S215, S260, S261.
    """
    first = principal_components(table).loadings[:, 0]
    return _shares(first**2)


METHODS: dict[str, Callable[[Table], Floats]] = {
    "equal": equal, "entropy": entropy, "critic": critic, "deviation": deviation, "pca": components,
}


def candidate(table: Table, tree: Framework, method: str, level: int = 1) -> tuple[Candidate, ...]:
    """Return candidate weights inside each group of a level.

    Args:
        table: normalised indicators, for levels above 1 aggregated.
        tree: the hierarchy.
        method: equal, entropy, critic, deviation or pca.
        level: whose nodes are weighed.

    Raises:
        WutongError: S272 an unknown method, S262 the top level, and what the method raises.
    """
    if method not in METHODS:
        raise WutongError.of("S272", method=method, names="、".join(METHODS))
    if not 1 <= level < tree.levels:
        raise WutongError.of("S262", level=level, levels=tree.levels)
    found = []
    for group in tree.at(level + 1):
        codes = [node.code for node in tree.children[group]]
        picked = table.pick(codes)
        weights = METHODS[method](picked) if len(codes) > 1 else np.ones(1)
        notes = _notes(picked) if method == "pca" and len(codes) > 1 else ()
        found.append(Candidate(group, method, dict(zip(codes, map(float, weights), strict=True)), notes))
    return tuple(found)


def _notes(table: Table) -> tuple[str, ...]:
    parts = principal_components(table)
    first = parts.loadings[:, 0]
    notes = [f"first component explains {parts.explained[0]:.1%}"]
    against = [code for code, value in zip(parts.codes, first, strict=True) if value < 0]
    if against:
        notes.append(f"opposite sign: {', '.join(against)}")
    return tuple(notes)


def optimal(table: Table, tree: Framework, level: int, importances: Mapping[str, float] | None = None,
            steps: int = 500) -> Candidate:
    """Return weights whose nodes correlate with the index in the proportions wanted (COINr `get_opt_weights`).

    After Becker, Saisana, Paruolo & Vandecasteele (Ecological Indicators 80, 2017, 12–22). COINr searches with
    Nelder–Mead; here a damped fixed-point iteration w ← w · √(wanted / found) is used, which needs no tolerance.

    Args:
        table: normalised indicators.
        tree: the hierarchy.
        level: whose weights are moved; all other weights stay.
        importances: wanted importance per node, default equal.
        steps: most iterations.

    Raises:
        WutongError: S262 the level; S273 a node that correlates negatively with the index and cannot be balanced.
    """
    if not 1 <= level < tree.levels:
        raise WutongError.of("S262", level=level, levels=tree.levels)
    codes = tree.at(level)
    wanted = _shares(np.array([(importances or {}).get(c, 1.0) for c in codes], dtype=float))
    weights = wanted.copy()
    share = wanted
    for _ in range(steps):
        whole = aggregate(table, tree.with_weights(dict(zip(codes, weights, strict=True))))
        top = whole.column(tree.index)
        both = ~np.isnan(top)
        found = np.array([np.corrcoef(whole.column(c)[both], top[both])[0, 1] for c in codes])
        if (found <= 0).any():
            code = codes[int(found.argmin())]
            raise WutongError.of("S273", Place(column=code), item=code)
        share = _shares(found)
        if np.abs(share - wanted).max() < 1e-6:
            break
        weights = _shares(weights * np.sqrt(wanted / share))
    return Candidate(tree.index, "balanced", dict(zip(codes, map(float, weights), strict=True)),
                     (f"largest distance to the wanted share {np.abs(share - wanted).max():.1e}",))
