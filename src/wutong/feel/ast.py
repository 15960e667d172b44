"""The syntax tree of FEEL (OMG DMN 1.5, chapter 10), with exact positions.

Every node carries the span of source characters it came from; spans never take part in equality, so
``parse(print(tree)) == tree`` can be stated as is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of source characters, counted from 0."""

    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes."""

    span: Span = field(default=Span(), kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number (Decimal), text, boolean or null; `unit` only in the policy profile (``5000万元``, ``30%``)."""

    value: Decimal | str | bool | None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """``@"2024-01-01"``: a date, time, date-time or duration by its text."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name, blanks normalised to one space."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``base.name``."""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``base[condition]``: a list filter or an index."""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``function(arguments)``; `names` holds the parameter names of a named call, else None."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """``-operand``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """``left op right``; op is one of ``+ - * / ** = != < <= > >= and or``."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``value between low and high`` (both inclusive)."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """``value in test`` or ``value in (test, …)``; tests may be UnaryTest, Range or any expression."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class TypeRef(Node):
    """A type by name: ``number``, ``list<string>``, ``context<a: number>``, ``function<number> -> string``."""

    name: str
    arguments: tuple[TypeRef, ...] = ()
    fields: tuple[tuple[str, TypeRef], ...] = ()
    result: TypeRef | None = None


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """``value instance of type``."""

    value: Node
    type: TypeRef


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if condition then yes else no``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """``name in source`` of for/some/every; `source` is a list or (in ``for``) a Range ``a..b``."""

    name: str
    source: Node


@dataclass(frozen=True, slots=True)
class For(Node):
    """``for iterators return body``; `partial` is bound inside the body."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """``some|every iterators satisfies condition``."""

    kind: str
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """``{name: value, …}``."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Range(Node):
    """``[low..high]``; a None end is unbounded (``(<10)``, ``(>=5)`` as range literals)."""

    low: Node | None
    high: Node | None
    low_closed: bool = True
    high_closed: bool = True


@dataclass(frozen=True, slots=True)
class FunctionLiteral(Node):
    """``function(a: number, b) body``; `external` is true for ``external`` bodies (never run)."""

    parameters: tuple[tuple[str, TypeRef | None], ...]
    body: Node
    external: bool = False


@dataclass(frozen=True, slots=True)
class UnaryTest(Node):
    """``< 5``, ``>= 3``, ``= x``, ``!= x`` in a unary-test position."""

    op: str
    value: Node


@dataclass(frozen=True, slots=True)
class AnyTest(Node):
    """``-``: always true."""


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The tests of one cell: true if any test is (or none is, when `negated`).

    A test is UnaryTest, Range, AnyTest or an expression; an expression that mentions ``?`` (a Name ``?``) is
    a condition, any other is compared for equality or list membership.
    """

    tests: tuple[Node, ...]
    negated: bool = False
