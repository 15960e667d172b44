"""A recipe: the steps from raw data to ranks, in order, with their options; the same recipe gives the same index."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from wutong.composite.aggregate import Way, Ways, aggregate
from wutong.composite.effects import ranks
from wutong.composite.framework import Framework
from wutong.composite.normalise import Scale, normalise, normalise_within
from wutong.composite.prepare import (
    Screening,
    denominate,
    denominators_of,
    impute,
    impute_panel,
    impute_rows,
    screen,
)
from wutong.composite.reading import Study
from wutong.composite.table import Table
from wutong.composite.treat import Rules, Treatment, load_treatments, reapply, treat
from wutong.errors import Diagnostic, Place, WutongError

OPTIONS: Final[dict[str, frozenset[str]]] = {
    "denominate": frozenset({"scale"}),
    "screen": frozenset({"by", "at_least", "nonzero", "force"}),
    "impute": frozenset({"method", "group", "level", "back"}),
    "treat": frozenset({"winmax", "skew", "kurtosis", "otherwise", "power", "combine", "force", "per", "frozen"}),
    "normalise": frozenset({"method", "parameters", "per", "from_meta", "within"}),
    "aggregate": frozenset({"method", "power", "availability", "penalty", "ddof", "floor", "weights"}),
}
_IMPUTE = ("mean", "median", "latest", "constant", "linear", "row_mean", "row_median", "none")


@dataclass(frozen=True)
class Recipe:
    """Steps in order. A recipe always ends with ``normalise`` and ``aggregate``, added with defaults if not given.

    >>> Recipe.of([{"impute": {"method": "median"}}]).names
    ('impute', 'normalise', 'aggregate')
    """

    steps: tuple[tuple[str, Mapping[str, Any]], ...] = (("normalise", {}), ("aggregate", {}))
    vary: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: Sequence[Any], vary: Mapping[str, Any] | None = None, file: str | None = None) -> Recipe:
        """Check steps as they stand in a file. Raises WutongError S230, S232, S233."""
        made = [_step(entry, file) for entry in steps]
        names = [name for name, _ in made]
        if "aggregate" not in names:
            made.append(("aggregate", {}))
        if "normalise" not in names:
            made.insert(len(made) - 1, ("normalise", {}))
        names = [name for name, _ in made]
        order = [n for n in names if n in ("treat", "normalise", "aggregate")]
        if names[-1] != "aggregate" or order != sorted(order, key=("treat", "normalise", "aggregate").index) \
                or len(set(names)) < len(names):
            raise WutongError.of("S233", Place(file=file), names=" → ".join(names))
        return cls(tuple(made), dict(vary or {}))

    @classmethod
    def load(cls, path: Path) -> Recipe:
        """Read ``steps`` and ``vary`` from a YAML file. Raises WutongError S229–S233."""
        try:
            data = yaml.safe_load(path.read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise WutongError.of("S229", Place(file=path.name), why=str(error).splitlines()[0]) from None
        if not isinstance(data, dict) or not isinstance(data.get("steps"), list):
            raise WutongError.of("S229", Place(file=path.name), why="steps: [...]")
        return cls.of(data["steps"], data.get("vary"), path.name)

    @property
    def names(self) -> tuple[str, ...]:
        """The steps' names in order."""
        return tuple(name for name, _ in self.steps)

    def options(self, name: str) -> Mapping[str, Any]:
        """Return the options of a step, empty if it is not in the recipe."""
        return dict(self.steps).get(name, {})

    def changed(self, name: str, options: Mapping[str, Any]) -> Recipe:
        """Return the recipe with other options of a step, checked again."""
        _step({name: options}, None)
        return replace(self, steps=tuple((n, options if n == name else o) for n, o in self.steps))

    def hash(self) -> str:
        """Return a SHA-256 over the steps."""
        return hashlib.sha256(json.dumps(self.steps, sort_keys=True, default=str).encode()).hexdigest()

    def ways(self) -> Ways:
        """Return how levels are aggregated: one way; one per level where ``method`` is a list; by node where a map."""
        options = {k: v for k, v in self.options("aggregate").items() if k not in ("method", "weights")}
        method = self.options("aggregate").get("method", "arithmetic")
        if isinstance(method, Mapping):
            return {code: Way(**{**options, **(own if isinstance(own, Mapping) else {"method": own})}) for code, own in method.items()}
        if isinstance(method, list | tuple):
            return tuple(Way(m, **options) for m in method)
        return Way(method, **options)

    def tree(self, tree: Framework) -> Framework:
        """Return the tree with the weights of the recipe: given, equal, or {code: weight}. Raises S202, S206, S234."""
        weights = self.options("aggregate").get("weights", "given")
        if isinstance(weights, Mapping):
            return tree.with_weights(weights)
        if weights not in ("given", "equal"):
            raise WutongError.of("S234", name="weights", value=weights, allowed="given、equal")
        return tree.equal() if weights == "equal" else tree


def _step(entry: Any, file: str | None) -> tuple[str, Mapping[str, Any]]:
    name, options = next(iter(entry.items())) if isinstance(entry, Mapping) and len(entry) == 1 else (entry, {})
    options = {} if options is None else options
    if not isinstance(name, str) or name not in OPTIONS or not isinstance(options, Mapping):
        raise WutongError.of("S230", Place(file=file), name=name, names="、".join(OPTIONS))
    unknown = sorted(set(options) - OPTIONS[name])
    if unknown:
        raise WutongError(*(Diagnostic.of("S232", Place(file=file), step=name, name=u, names="、".join(sorted(OPTIONS[name])))
                            for u in unknown))
    return name, options


@dataclass(frozen=True)
class Chain:
    """What a recipe made of a study: the table after each step, in order, and how."""

    study: Study
    recipe: Recipe
    stages: Mapping[str, Table]
    tree: Framework
    screening: Screening | None = None
    treatments: tuple[Treatment, ...] = ()
    scales: Mapping[str, Scale] = field(default_factory=dict)

    @property
    def result(self) -> Table:
        """The aggregated table."""
        return self.stages["aggregate"]

    @property
    def normalised(self) -> Table:
        """The normalised indicators."""
        return self.stages["normalise"]

    def ranks(self) -> Table:
        """Return the ranks of every column of the result."""
        return ranks(self.result)


def run(study: Study, recipe: Recipe, until: str | None = None) -> Chain:
    """Apply a recipe to a study.

    Args:
        study: table and hierarchy.
        recipe: steps.
        until: last step to apply; None for all.

    Raises:
        WutongError: what the steps raise; S231 a step that needs what the study lacks.
    """
    chain = Chain(study, recipe, {"raw": study.table}, recipe.tree(study.tree))
    for name, options in recipe.steps:
        chain = STEPS[name](chain, options)
        if name == until:
            break
    return chain


def _last(chain: Chain) -> Table:
    return chain.stages[list(chain.stages)[-1]]


def _with(chain: Chain, name: str, table: Table, **more: Any) -> Chain:
    return replace(chain, stages={**chain.stages, name: table}, **more)


def _denominate(chain: Chain, options: Mapping[str, Any]) -> Chain:
    return _with(chain, "denominate", denominate(_last(chain), denominators_of(chain.tree), options.get("scale")))


def _screen(chain: Chain, options: Mapping[str, Any]) -> Chain:
    before = _last(chain)
    if options.get("by", "available") not in ("available", "nonzero", "both"):
        raise WutongError.of("S234", name="by", value=options["by"], allowed="available、nonzero、both")
    found = screen(before, **options)
    return _with(chain, "screen", before.take(found.kept).checked(), screening=found)


def _impute(chain: Chain, options: Mapping[str, Any]) -> Chain:
    before, method = _last(chain), options.get("method", "mean")
    if method not in _IMPUTE:
        raise WutongError.of("S234", name="method", value=method, allowed="、".join(_IMPUTE))
    if method == "none":
        return _with(chain, "impute", before)
    if method in ("mean", "median"):
        return _with(chain, "impute", impute(before, method, options.get("group")))
    if method in ("row_mean", "row_median"):
        filled = impute_rows(before, chain.tree, method.removeprefix("row_"), options.get("level"))
        return _with(chain, "impute", filled)
    times = chain.study.times
    if times is None or len(times) != len(before.units):
        raise WutongError.of("S231", step="impute", what="Time")
    filled = impute_panel(before, times, method, options.get("back"))
    latest = np.asarray(times) == max(times)
    return _with(chain, "impute", filled.take(np.asarray(latest)))


def _treat(chain: Chain, options: Mapping[str, Any]) -> Chain:
    if "frozen" in options:
        details = load_treatments(json.loads(Path(options["frozen"]).read_text("utf-8")))
        return _with(chain, "treat", reapply(_last(chain), details), treatments=details)
    rules = {k: v for k, v in options.items() if k != "per"}
    allowed = ("log_ct", "log_ct_plus", "log_ct_orig", "log_gii", "box_cox", "none")
    if rules.get("otherwise", "log_ct") not in allowed:
        raise WutongError.of("S234", name="otherwise", value=rules["otherwise"], allowed="、".join(allowed))
    per = {c: None if o in (None, "none") else Rules(**{**rules, **o}) for c, o in options.get("per", {}).items()}
    table, details = treat(_last(chain), Rules(**rules), per)
    return _with(chain, "treat", table, treatments=details)


def _normalise(chain: Chain, options: Mapping[str, Any]) -> Chain:
    before, method = _last(chain), options.get("method", "min_max")
    if "within" in options:
        labels = before.group(options["within"])
        return _with(chain, "normalise", normalise_within(before, chain.tree, labels, method, options.get("parameters")))
    table, scales = normalise(before, chain.tree, method, options.get("parameters"), options.get("per"),
                              from_meta=bool(options.get("from_meta")))
    return _with(chain, "normalise", table, scales=scales)


def _aggregate(chain: Chain, _options: Mapping[str, Any]) -> Chain:
    return _with(chain, "aggregate", aggregate(_last(chain), chain.tree, chain.recipe.ways()))


STEPS: Final[dict[str, Callable[[Chain, Mapping[str, Any]], Chain]]] = {
    "denominate": _denominate, "screen": _screen, "impute": _impute, "treat": _treat, "normalise": _normalise,
    "aggregate": _aggregate,
}
