"""What a point model says, as plain data. Nothing here is compiled; see ``docs/formats/points.md``.

A model is a tree. Its leaves are indicators: a FEEL rule gives a value, a normaliser turns the value into points.
Inner nodes aggregate the points of their children. Points have two decimals and weights are basis points, so
that every engine gives the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal

from wutong.packs.model import Let, Parameter, Policy, Source, Table

Status = Literal["official", "demo", "draft", "needs_official_weights"]
Missing = Literal["interval", "zero", "floor", "gate"]
NormaliserKind = Literal["tiers", "ramp", "log_ramp", "flag", "points", "min_max", "z_score"]
Actionable = Literal["yes", "slow", "no"]
Aggregation = Literal[
    "sum", "arithmetic", "geometric", "harmonic", "power", "minimum", "maximum", "mpi", "copeland"
]

WHOLE = 10_000
"""Basis points of a whole: the weights below one node sum to it."""
WEIGHTED = {"arithmetic", "geometric", "harmonic", "power", "copeland"}
"""Aggregations that weigh their children."""
POSITIVE = {"geometric", "harmonic"}
"""Aggregations that need points above zero, hence a floor."""
ANY = "*"
"""In weights: whatever the stage or sector."""


@dataclass(frozen=True, slots=True)
class Group:
    """One stage or sector; a company belongs to the first whose rule holds."""

    code: str
    zh: str
    when: str
    en: str = ""
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A stage and a sector together: what weights depend on. `number` counts stages × sectors from 0."""

    number: int
    stage: int
    sector: int
    key: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What must hold for a company to get a score; where nobody knows, `unknown` says pass or block."""

    code: str
    zh: str
    when: str
    en: str = ""
    unknown: Literal["pass", "block"] = "pass"
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One cut-point: from `cut` on (at most `cut` where lower is better) an indicator has `points`."""

    cut: Decimal
    points: Decimal
    label: str = ""
    """What the cut stands for, where the number alone says little."""


@dataclass(frozen=True, slots=True)
class Normaliser:
    """How a value becomes points.

    ``tiers``: the points of the best tier reached, else `otherwise`; `strict` makes the cut itself not enough.
    ``ramp``: straight lines between (cut, points), flat outside (a goalpost is a ramp of two, a table of frozen
    percentiles one of many, each knot with the share just below it); ``log_ramp`` the same over the logarithm of
    the value. ``flag``: `points` of the first step if the value is true. ``points``: the rule itself gives points.
    ``min_max`` and ``z_score`` (research): bounds come from the data and are frozen before anything is scored.
    """

    kind: NormaliserKind
    steps: tuple[Step, ...] = ()
    otherwise: Decimal = Decimal(0)
    strict: bool = False
    spread: Decimal = Decimal(3)

    @property
    def from_data(self) -> bool:
        """Whether the bounds must be frozen from a snapshot first."""
        return self.kind in ("min_max", "z_score")


@dataclass(frozen=True, slots=True)
class Indicator:
    """A leaf: `value` is FEEL; points lie in ``[0, max]``.

    `missing` says what an indicator that is not exactly known counts: ``interval`` all it may be, ``zero`` what is
    proven, ``floor`` at least `floor` points, ``gate`` no score at all.
    """

    code: str
    zh: str
    value: str
    normaliser: Normaliser
    max: Decimal
    en: str = ""
    unit: str | None = None
    direction: Literal["higher", "lower"] = "higher"
    missing: Missing = "interval"
    floor: Decimal = Decimal(0)
    weight: Mapping[str, int | None] | None = None
    actionable: Actionable = "no"
    effort: int = 1
    evidence: Literal["register", "self"] = "self"
    advice: str = ""
    advice_en: str = ""
    source: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """An inner node; `weight` maps ``stage``, ``stage/sector`` or ``*`` to basis points, None is an empty weight.

    `floor` lifts the children of a geometric or harmonic node, `power` is the exponent of a power mean, `cap` the
    most a sum may give.
    """

    code: str
    zh: str
    aggregate: Aggregation
    children: tuple[Node | Indicator, ...]
    max: Decimal
    en: str = ""
    weight: Mapping[str, int | None] | None = None
    floor: Decimal = Decimal(0)
    power: Decimal = Decimal(1)
    cap: Decimal | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """Bonus or deduction items, beside the tree; together at most `cap` points."""

    cap: Decimal | None = None
    items: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade that begins at a score."""

    code: str
    zh: str
    start: Decimal
    en: str = ""


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least points of a node (the total: the code of the root) that a pass needs."""

    node: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Ranking:
    """Competition rank on the published low end of the score; `cut` says what happens to a tie at a line.

    ``include`` takes all tied companies in, ``exclude`` none of them.
    """

    cut: Literal["include", "exclude"] = "include"


@dataclass(frozen=True)
class PointModel:
    """One version of one point model."""

    id: str
    pack: str
    version: str
    zh: str
    en: str
    status: Status
    start: date | None
    end: date | None
    issuer: str
    sources: Mapping[str, Source]
    rules: Policy
    """The model's parameters, lets and tables, as the policy compiler takes them."""
    root: Node
    stages: tuple[Group, ...] = ()
    sectors: tuple[Group, ...] = ()
    gates: tuple[Gate, ...] = ()
    coverage: int = 0
    """Basis points of the weight that must be exactly known."""
    bonus: Extra = Extra()
    deductions: Extra = Extra()
    grades: tuple[Grade, ...] = ()
    minima: tuple[Minimum, ...] = ()
    ranking: Ranking = Ranking()
    places: int = 2
    banner: str = ""
    banner_en: str = ""
    note: str = ""
    file: str = ""
    sha256: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Document, clause, address, person and date of imported weights."""
    borrowed: Path | None = None
    """The policy file whose rules the model uses."""

    @property
    def key(self) -> str:
        """``pack.id``: the model whatever its version."""
        return f"{self.pack}.{self.id}"

    def in_force(self, day: date) -> bool:
        """Tell whether this version is in force on `day` (both ends inclusive)."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Inner nodes, parents first; the root is number 0."""
        return tuple(n for n in walk(self.root) if isinstance(n, Node))

    @cached_property
    def leaves(self) -> tuple[Indicator, ...]:
        """Indicators of the tree, in order."""
        return tuple(n for n in walk(self.root) if isinstance(n, Indicator))

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator: of the tree, then bonus items, then deductions. Its position is its number in results."""
        return (*self.leaves, *self.bonus.items, *self.deductions.items)

    @cached_property
    def profiles(self) -> tuple[Profile, ...]:
        """Every pair of stage and sector."""
        stages = [s.code for s in self.stages] or [ANY]
        sectors = [s.code for s in self.sectors] or [ANY]
        return tuple(
            Profile(i * len(sectors) + j, i, j, f"{stage}/{sector}")
            for i, stage in enumerate(stages)
            for j, sector in enumerate(sectors)
        )

    def weight(self, child: Node | Indicator, profile: Profile) -> int | None:
        """Return the weight of a child in its node, in basis points; None where it is empty."""
        if child.weight is None:
            return None
        stage, sector = profile.key.split("/")
        for key in (profile.key, f"{ANY}/{sector}", stage, ANY):
            if key in child.weight:
                return child.weight[key]
        return None

    @cached_property
    def empty(self) -> tuple[str, ...]:
        """Codes of nodes and indicators that lack a weight for some profile; a model with any cannot run.

        In a sum only children that have the entry need one: it is their maximum.
        """
        return tuple(
            child.code
            for node in self.nodes
            for child in node.children
            if (node.aggregate in WEIGHTED or (node.aggregate == "sum" and child.weight is not None))
            and any(self.weight(child, p) is None for p in self.profiles)
        )

    def effective(self, profile: Profile) -> dict[str, Decimal]:
        """Return the share of every indicator of the tree in the total, where all levels are weighted means or sums.

        The share is the product of the weights along the path (a child of a sum has 1), so that for such a tree
        ``total = Σ share × points`` exactly.
        """
        found: dict[str, Decimal] = {}

        def go(node: Node | Indicator, share: Decimal) -> None:
            if isinstance(node, Indicator):
                found[node.code] = share
                return
            for child in node.children:
                weight = self.weight(child, profile) if node.aggregate in WEIGHTED else WHOLE
                go(child, share * Decimal(weight or 0) / WHOLE)

        go(self.root, Decimal(1))
        return found


def walk(node: Node | Indicator) -> Iterator[Node | Indicator]:
    """Yield a node and all below it, parents first."""
    yield node
    if isinstance(node, Node):
        for child in node.children:
            yield from walk(child)


__all__ = [
    "ANY",
    "POSITIVE",
    "WEIGHTED",
    "WHOLE",
    "Aggregation",
    "Extra",
    "Gate",
    "Grade",
    "Group",
    "Indicator",
    "Let",
    "Minimum",
    "Node",
    "Normaliser",
    "Parameter",
    "PointModel",
    "Profile",
    "Ranking",
    "Source",
    "Step",
    "Table",
    "walk",
]
