"""Candidate weights as a file: found, written with their origin, shown; never put into a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from wutong.cli.arguments import existing_file
from wutong.composite.aggregate import aggregate
from wutong.composite.ahp import ahp
from wutong.composite.doubt import benefit_of_the_doubt
from wutong.composite.reading import read_matrix
from wutong.composite.weigh import METHODS, Candidate, candidate, optimal
from wutong.errors import Place, WutongError

if TYPE_CHECKING:
    from wutong.cli.research_source import Source
    from wutong.cli.screen import Screen
    from wutong.composite.recipe import Recipe

ALL = (*METHODS, "balanced", "bod", "ahp")


def find(source: Source, recipe: Recipe, method: str, level: int, pairs: Path | None, bounds: tuple[float, float],
         ) -> tuple[Candidate, ...]:
    """Return candidate weights of the groups of a level. Raises S272 an unknown method, S288 no judgements."""
    if method not in ALL:
        raise WutongError.of("S272", method=method, names="、".join(ALL))
    if method == "ahp":
        return (_judged(pairs),)
    table, tree, ways = source.normalised(recipe)
    if method == "balanced":
        return (optimal(table, tree, level),)
    whole = aggregate(table, tree, ways) if level > 1 else table
    if method in METHODS:
        return candidate(whole, tree, method, level)
    found = []
    for group in tree.at(level + 1):
        picked = whole.pick([n.code for n in tree.children[group]])
        if len(picked.codes) == 1:
            found.append(Candidate(group, "bod", {picked.codes[0]: 1.0}))
            continue
        made = benefit_of_the_doubt(picked, *bounds)
        best = int((made.scores > 1 - 1e-9).sum())
        found.append(Candidate(group, "bod", made.candidate(), (f"units on the frontier: {best} of {len(made.units)}",)))
    return tuple(found)


def _judged(pairs: Path | None) -> Candidate:
    if pairs is None:
        raise WutongError.of("S288")
    names, matrix = read_matrix(existing_file(pairs))
    try:
        made = ahp(matrix, names)
    except WutongError as error:
        raise WutongError(*(replace(d, place=d.place.merged(file=pairs.name)) for d in error.diagnostics)) from None
    notes = (f"lambda max {made.largest:.4f}", f"consistency ratio {made.ratio:.4f}")
    return Candidate(pairs.stem, "ahp", dict(zip(names, map(float, made.weights), strict=True)), notes)


def basis_points(weights: Sequence[float]) -> list[int]:
    """Return whole basis points that sum to 10,000: rounded down, the rest to the largest remainders.

    >>> basis_points([1 / 3, 1 / 3, 1 / 3])
    [3334, 3333, 3333]
    """
    exact = np.asarray(weights) / np.sum(weights) * 10_000
    whole = np.floor(exact).astype(int)
    for at in np.argsort(-(exact - whole), kind="stable")[:10_000 - int(whole.sum())]:
        whole[at] += 1
    return [int(w) for w in whole]


def write(path: Path, made: Sequence[Candidate], source: Source, method: str) -> None:
    """Write the candidate file: weights as shares and as basis points, with method, source hash and notes."""
    groups: dict[str, Any] = {}
    for group in made:
        points = basis_points(list(group.weights.values()))
        groups[group.group] = {
            "weights": {c: round(w, 6) for c, w in group.weights.items()},
            "basis_points": dict(zip(group.weights, points, strict=True)), "notes": list(group.notes),
        }
    data = {"candidate": True, "status": "候选权重，须经审定后人工写入模型 · candidate, a person decides", "method": method,
            "source": source.hash, "groups": groups}
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8", newline="\n")


def read(path: Path) -> dict[str, float]:
    """Return the weights of a candidate file by code. Raises WutongError S289."""
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
        return {str(c): float(w) for group in data["groups"].values() for c, w in group["weights"].items()}
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise WutongError.of("S289", Place(file=path.name), why=type(error).__name__) from None


def show(view: Screen, made: Sequence[Candidate], path: Path) -> None:
    """Print the candidates."""
    if view.as_json:
        view.json({"ok": True, "file": str(path), "groups": [
            {"group": g.group, "method": g.method, "weights": dict(g.weights), "notes": list(g.notes)} for g in made]})
        return
    rows = [(g.group, code, f"{weight:.4f}") for g in made for code, weight in g.weights.items()]
    view.table([view.text(*t) for t in (("组", "Group"), ("指标", "Code"), ("候选权重", "Candidate weight"))], rows, (2,))
    for group in made:
        for note in group.notes:
            view.say(f"{group.group}: {note}", f"{group.group}: {note}")
    view.say(f"已写 {path}；只是候选，未改动任何模型", f"Wrote {path}; a candidate only, no model was changed")
