"""What a policy file says, as plain data. Nothing here is compiled; see ``docs/formats/contracts.md``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["qualification", "tax", "grant", "class", "veto"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from; `grade` V verbatim, S secondary, M memory, C computed."""

    id: str
    doc_no: str
    clause: str
    grade: str
    url: str = ""
    title: str = ""
    note: str = ""
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of a parameter, in force on ``start <= day <= end``; an open end is None."""

    value: Decimal | str | bool | None
    start: date | None
    end: date | None
    source: str

    def holds(self, day: date) -> bool:
        """Tell whether the value is in force on `day`."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named figure of a policy, with its history."""

    code: str
    zh: str
    unit: str | None
    values: tuple[Dated, ...]
    en: str = ""

    def at(self, day: date) -> Dated | None:
        """Return the value in force on `day`, or None."""
        return next((d for d in self.values if d.holds(day)), None)


@dataclass(frozen=True, slots=True)
class Let:
    """A derived quantity: a name for an expression."""

    code: str
    zh: str
    expr: str
    en: str = ""
    unit: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table; each rule is its unary tests, then its output expression."""

    code: str
    zh: str
    hit: str
    inputs: tuple[str, ...]
    output_type: str
    unit: str | None
    values: tuple[str, ...]
    default: str | None
    rules: tuple[tuple[str, ...], ...]
    source: str | None = None
    en: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A clause to meet; a `manual` one needs a person's finding."""

    code: str
    zh: str
    when: str | None
    source: str | None
    en: str = ""
    manual: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """What an eligible company gets, in 元.

    Of the benefits in one of `groups` a company gets one; `pays_for` names the matters it pays for.
    """

    code: str
    zh: str
    amount: str
    when: str | None
    source: str | None
    en: str = ""
    kind: str = "grant"
    once: bool = False
    cap: str | None = None
    groups: tuple[str, ...] = ()
    note: str = ""
    pays_for: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The exclusive groups as one text, empty without any."""
        return "、".join(self.groups)


@dataclass(frozen=True, slots=True)
class Limit:
    """What several benefits of one policy may reach together, in 元: a quantity or the name of a parameter."""

    code: str
    zh: str
    benefits: tuple[str, ...]
    amount: str
    source: str | None
    en: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A name for figures that are varied together, as the steps of a ladder.

    `at` names their places as :mod:`wutong.policy.figures` does, without the policy; the first is the one the name
    stands for, and when it gets another value, the others move by as much.
    """

    code: str
    zh: str
    at: tuple[str, ...]
    en: str = ""
    note: str = ""


Tree = str | dict[str, object]


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy."""

    id: str
    pack: str
    version: str
    zh: str
    en: str
    kind: Kind
    status: str
    start: date | None
    end: date | None
    issuer: str
    sources: dict[str, Source]
    parameters: tuple[Parameter, ...]
    lets: tuple[Let, ...]
    tables: tuple[Table, ...]
    conditions: tuple[Condition, ...]
    decide: Tree
    outputs: tuple[str, ...]
    benefits: tuple[Benefit, ...]
    limits: tuple[Limit, ...] = ()
    figures: tuple[Named, ...] = ()
    window: tuple[date | None, date | None] | None = None
    note: str = ""
    file: str = ""
    sha256: str = ""
    lines: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> str:
        """``pack.id``: the policy whatever its version."""
        return f"{self.pack}.{self.id}"

    def in_force(self, day: date) -> bool:
        """Tell whether this version is in force on `day` (both ends inclusive)."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
