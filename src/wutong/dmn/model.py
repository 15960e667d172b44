"""A DMN model as plain data (OMG DMN 1.5): what the XML and YAML forms share and the compiler reads.

Expressions stay text here; who reads them parses them with `wutong.feel.parser` under the names that
`Model.visible` gives. Elements refer to each other by reference: the ``id`` of an element of this model, or
``namespace#id`` for an element of an imported one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

HitPolicy = Literal["UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]
Aggregation = Literal["SUM", "COUNT", "MIN", "MAX"]


@dataclass(frozen=True, slots=True)
class Expression:
    """Base of all boxed expressions; `type_ref` is the declared result type, if any."""

    type_ref: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class LiteralExpression(Expression):
    """A FEEL text."""

    text: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named, typed slot: a formal parameter, a relation column, a function item parameter."""

    name: str
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a boxed context; the line without a name is its result."""

    name: str | None
    value: Expression | None
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Context(Expression):
    """A boxed context."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Relation(Expression):
    """A table of expressions: a list of contexts."""

    columns: tuple[Parameter, ...]
    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class ListExpression(Expression):
    """A boxed list."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """An argument of a boxed invocation; without a value the parameter is null."""

    name: str
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Invocation(Expression):
    """A boxed call of `function` with named arguments."""

    function: Expression
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class Function(Expression):
    """A boxed function; kind is ``FEEL``, ``Java`` or ``PMML`` (only FEEL is ever run)."""

    parameters: tuple[Parameter, ...]
    body: Expression | None
    kind: str = "FEEL"


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    """A boxed if / then / else."""

    condition: Expression
    yes: Expression
    no: Expression


@dataclass(frozen=True, slots=True)
class For(Expression):
    """A boxed ``for iterator in source return body``."""

    iterator: str
    source: Expression
    body: Expression


@dataclass(frozen=True, slots=True)
class Quantified(Expression):
    """A boxed ``some`` or ``every``."""

    kind: Literal["some", "every"]
    iterator: str
    source: Expression
    condition: Expression


@dataclass(frozen=True, slots=True)
class Filter(Expression):
    """A boxed filter: the items of `source` for which `condition` is true."""

    source: Expression
    condition: Expression


@dataclass(frozen=True, slots=True)
class TableInput:
    """A condition column: an input expression, its type and the allowed values (unary tests)."""

    text: str
    type_ref: str | None = None
    values: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class TableOutput:
    """A conclusion column; `values` lists the allowed values in order of priority, `default` is FEEL."""

    name: str | None = None
    type_ref: str | None = None
    values: str | None = None
    default: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: unary tests per input, an expression per output, remarks."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionTable(Expression):
    """A decision table; `aggregation` only with COLLECT."""

    inputs: tuple[TableInput, ...]
    outputs: tuple[TableOutput, ...]
    rules: tuple[Rule, ...]
    hit_policy: HitPolicy = "UNIQUE"
    aggregation: Aggregation | None = None
    annotations: tuple[str, ...] = ()
    output_label: str | None = None


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type: an alias with allowed values (unary tests), a structure, a list or a function type."""

    name: str
    type_ref: str | None = None
    allowed: str | None = None
    components: tuple[ItemDefinition, ...] = ()
    collection: bool = False
    parameters: tuple[Parameter, ...] | None = None
    constraint: str | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """Base of inputs, decisions, functions and services."""

    id: str
    name: str
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Input(Element):
    """An input data element."""


@dataclass(frozen=True, slots=True)
class Decision(Element):
    """A decision; `needs` are references to inputs and decisions, then `knowledge` to functions and services."""

    expression: Expression | None = None
    needs: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BusinessKnowledge(Element):
    """A business knowledge model: a named function."""

    function: Function | None = None
    knowledge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionService(Element):
    """A set of decisions callable as a function of `inputs` and `input_decisions`, in that order."""

    outputs: tuple[str, ...] = ()
    encapsulated: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """Another model under a name; `model` is None if it was not found."""

    name: str
    namespace: str
    location: str | None = None
    model: Model | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A DMN model."""

    name: str
    namespace: str = ""
    id: str = ""
    imports: tuple[Import, ...] = ()
    items: tuple[ItemDefinition, ...] = ()
    inputs: tuple[Input, ...] = ()
    decisions: tuple[Decision, ...] = ()
    functions: tuple[BusinessKnowledge, ...] = ()
    services: tuple[DecisionService, ...] = ()

    def elements(self) -> Iterator[Element]:
        """All inputs, decisions, functions and services of this model (not of imported ones)."""
        yield from self.inputs
        yield from self.decisions
        yield from self.functions
        yield from self.services

    def resolve(self, reference: str) -> tuple[str | None, Model, Element] | None:
        """Return (import name or None, model, element) of a reference, or None if it leads nowhere."""
        namespace, _, key = reference.rpartition("#")
        if not namespace or namespace == self.namespace:
            found = next((e for e in self.elements() if e.id == key), None)
            return (None, self, found) if found else None
        for imported in self.imports:
            if imported.namespace == namespace and imported.model:
                inner = imported.model.resolve(key)
                return (imported.name, imported.model, inner[2]) if inner else None
        return None

    def named(self, name: str) -> Element | None:
        """Return the element of a name."""
        return next((e for e in self.elements() if e.name == name), None)

    def visible(self, element: Element) -> tuple[str, ...]:
        """Return the names in scope of an element's logic: what it requires, and the names of imports."""
        references: tuple[str, ...] = ()
        if isinstance(element, Decision):
            references = element.needs + element.knowledge
        elif isinstance(element, BusinessKnowledge):
            references = element.knowledge
        found = [r for r in map(self.resolve, references) if r]
        own = [e.name for alias, _, e in found if alias is None]
        return tuple(dict.fromkeys([*own, *(i.name for i in self.imports)]))

    def members(self) -> tuple[str, ...]:
        """Return the names that may follow a dot: components, output columns, context lines, imported names."""
        found = [name for item in self.items for name in _component_names(item)]
        for element in self.elements():
            if isinstance(element, Decision):
                found += _inner_names(element.expression)
            elif isinstance(element, BusinessKnowledge):
                found += _inner_names(element.function)
            elif isinstance(element, DecisionService):
                outputs = [r for r in map(self.resolve, element.outputs) if r]
                found += [e.name for _, _, e in outputs]
        for imported in self.imports:
            if imported.model:
                found += [e.name for e in imported.model.elements()] + list(imported.model.members())
        return tuple(dict.fromkeys(found))


def _component_names(item: ItemDefinition) -> list[str]:
    return [n for part in item.components for n in (part.name, *_component_names(part))]


def parts(expression: Expression | None) -> list[Expression]:
    """Return the boxed expressions directly inside a boxed expression."""
    found: list[Expression | None] = []
    match expression:
        case Context(entries):
            found = [e.value for e in entries]
        case Relation(_, rows):
            found = [cell for row in rows for cell in row]
        case ListExpression(items):
            found = list(items)
        case Invocation(function, bindings):
            found = [function, *(b.value for b in bindings)]
        case Function(_, body):
            found = [body]
        case Conditional(condition, yes, no):
            found = [condition, yes, no]
        case For(_, source, body) | Filter(source, body) | Quantified(_, _, source, body):
            found = [source, body]
    return [f for f in found if f is not None]


def _inner_names(expression: Expression | None) -> list[str]:
    found: list[str] = []
    match expression:
        case Context(entries):
            found = [e.name for e in entries if e.name]
        case Relation(columns):
            found = [c.name for c in columns]
        case DecisionTable(_, outputs):
            found = [o.name for o in outputs if o.name]
    return found + [n for part in parts(expression) for n in _inner_names(part)]
