"""A DMN model: decisions, functions and services compiled once each, boxed expressions, imports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from wutong.dmn import model as dmn
from wutong.errors import Place, WutongError
from wutong.feel import ast
from wutong.feel.parser import parse_expression, parse_unary_tests
from wutong.ir.dmn import lower
from wutong.ir.dmn.coerce import kind_of_name
from wutong.ir.dmn.lower import Lowering
from wutong.ir.dmn.scope import Scope
from wutong.ir.dmn.tables import lower_table
from wutong.ir.dmn.types import ANY, FeelType, list_of
from wutong.ir.dmn.values import (
    NULL,
    Context,
    Function,
    Items,
    NotCompilableError,
    NullResultError,
    Value,
)


@lru_cache(maxsize=8192)
def _parse(text: str, names: tuple[str, ...], members: tuple[str, ...]) -> ast.Node:
    return parse_expression(text, names=names, members=members)


@lru_cache(maxsize=8192)
def _parse_tests(text: str, names: tuple[str, ...], members: tuple[str, ...]) -> ast.UnaryTests:
    return parse_unary_tests(text, names=names, members=members)


@dataclass(frozen=True, slots=True)
class Boxed(ast.Node):
    """A boxed expression inside a FEEL tree."""

    expression: dmn.Expression


def _names(scope: Scope) -> tuple[str, ...]:
    found: dict[str, None] = {}
    level: Scope | None = scope
    while level is not None:
        found.update(dict.fromkeys(level.names))
        level = level.outer
    return tuple(found)


Inputs = Callable[[dmn.Input, "ModelCompiler"], Value]


@dataclass(slots=True)
class ModelCompiler:
    """Compiles the elements of one model; each decision becomes columns once, however many read it.

    `given` replaces elements by values: the parameters of a decision service.
    """

    lowering: Lowering
    model: dmn.Model
    inputs: Inputs
    types: dict[str, FeelType] = field(default_factory=dict)
    given: dict[str, Value] = field(default_factory=dict)
    done: dict[str, Value | Exception] = field(default_factory=dict)
    imported: dict[str, ModelCompiler] = field(default_factory=dict)
    active: list[str] = field(default_factory=list)
    members: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.members = self.members or self.model.members()
        if not self.types:
            self.types = types_of(self.model)

    # ---- elements ----

    def element(self, item: dmn.Element) -> Value:
        """Return the value of an input, decision, function or service.

        Raises:
            WutongError: F4xx with the element's name as the clause of its place.
        """
        if item.id in self.given:
            return self.given[item.id]
        if item.id in self.active:
            raise WutongError.of("F423", Place(clause=item.name), name=item.name)
        if item.id not in self.done:
            self.active.append(item.id)
            try:
                self.done[item.id] = self._compiled(item)
            except WutongError as fault:
                self.done[item.id] = fault
            finally:
                self.active.pop()
        found = self.done[item.id]
        if isinstance(found, Exception):
            raise found
        return found

    def _compiled(self, item: dmn.Element) -> Value:
        self.lowering.types = self.types
        try:
            match item:
                case dmn.Input():
                    return self.inputs(item, self)
                case dmn.Decision():
                    return self._decision(item)
                case dmn.BusinessKnowledge():
                    return self._knowledge(item)
                case dmn.DecisionService():
                    return self._service(item)
        except NotCompilableError as fault:
            span = fault.values.pop("span", ast.Span())
            place = Place(clause=item.name, offset=span.start + 1)
            raise WutongError.of(fault.code, place, **fault.values) from fault
        raise WutongError.of("F410", Place(clause=item.name), what=type(item).__name__)

    def _decision(self, item: dmn.Decision) -> Value:
        if item.expression is None:
            return NULL
        value = self.boxed(item.expression, self._scope(item.needs + item.knowledge))
        return self.lowering.settled(self.lowering.coerced(value, self.kind(item.type_ref)))

    def _scope(self, references: tuple[str, ...]) -> Scope:
        names: dict[str, Value] = {}
        foreign: dict[str, dict[str, Value]] = {}
        for reference in references:
            found = self.model.resolve(reference)
            if found is None:
                continue
            alias, owner, element = found
            if alias is None:
                names[element.name] = self.element(element)
            else:
                foreign.setdefault(alias, {})[element.name] = self.foreign(owner).element(element)
        for alias, entries in foreign.items():
            names[alias] = Context(tuple(entries.items()))
        return Scope(names)

    def foreign(self, owner: dmn.Model) -> ModelCompiler:
        """Return the compiler of an imported model."""
        if owner.namespace not in self.imported:
            made = ModelCompiler(self.lowering, owner, self.inputs, given=self.given, imported=self.imported)
            self.imported[owner.namespace] = made
        return self.imported[owner.namespace]

    def _knowledge(self, item: dmn.BusinessKnowledge) -> Value:
        if item.function is None:
            return NULL
        made = self._function(item.function, self._scope(item.knowledge))
        kind = self.kind(item.type_ref)
        result = kind.of if kind is not None and kind.kind == "function" else kind
        if not isinstance(made, Function) or result is None:
            return made
        return replace(made, apply=lambda *args: self.lowering.coerced(made.apply(*args), result), result=result)

    def _service(self, item: dmn.DecisionService) -> Value:
        parameters = [self.model.resolve(r) for r in item.inputs + item.input_decisions]
        outputs = [self.model.resolve(r) for r in item.outputs]
        slots = [found[2] for found in parameters if found is not None]
        kinds = tuple((s.name, self.kind(s.type_ref)) for s in slots)

        def body(scope: Scope) -> Value:
            given = {s.id: scope.find(s.name) or NULL for s in slots}
            inner = replace(self, given={**self.given, **given}, done={}, imported={}, active=[])
            made = [(f[2].name, inner.element(f[2])) for f in outputs if f is not None]
            value = made[0][1] if len(made) == 1 else Context(tuple(made))
            return self.lowering.coerced(value, self.kind(item.type_ref))

        return self.lowering.function(kinds, body, Scope(), item)

    def kind(self, type_ref: str | None) -> FeelType | None:
        """Return the type a reference names; None when there is none or it is unknown."""
        return None if type_ref is None else kind_of_name(type_ref, self.types)

    # ---- texts ----

    def parse(self, source: str, scope: Scope) -> ast.Node | None:
        """Return the tree of an expression under the names of a scope; None for an empty one or one that is no FEEL.

        The standard makes an expression that cannot be read null.
        """
        if not source.strip():
            return None
        try:
            return _parse(source, _names(scope), self.members)
        except WutongError:
            return None

    def text(self, source: str, scope: Scope) -> Value:
        """Return the value of a FEEL text."""
        tree = self.parse(source, scope)
        return NULL if tree is None else self.lowering.lower(tree, scope)

    def tests(self, source: str, scope: Scope) -> ast.UnaryTests:
        """Return the tests of a cell; an empty cell lets everything through."""
        if not source.strip():
            return ast.UnaryTests((ast.AnyTest(),))
        return _parse_tests(source, _names(scope), self.members)

    def output_values(self, output: dmn.TableOutput) -> list[Value]:
        """Return the allowed values of an output, highest priority first."""
        tests: tuple[ast.Node, ...] = ()
        if output.values:
            tests = _parse_tests(output.values, (), ()).tests
        else:
            kind = self.kind(output.type_ref)
            if kind is not None and isinstance(kind.allowed, ast.UnaryTests):
                tests = kind.allowed.tests
        return [self.lowering.lower(t, Scope()) for t in tests]

    # ---- boxed expressions ----

    def boxed(self, expression: dmn.Expression, scope: Scope) -> Value:
        """Return the value of a boxed expression, converted to its declared type."""
        try:
            value = self._boxed(expression, scope)
        except NullResultError:
            return NULL
        return self.lowering.coerced(value, self.kind(expression.type_ref))

    def _boxed(self, expression: dmn.Expression, scope: Scope) -> Value:  # noqa: PLR0911 - one per boxed form
        match expression:
            case dmn.LiteralExpression(text=source):
                return self.text(source, scope)
            case dmn.DecisionTable():
                return lower_table(self, expression, scope)
            case dmn.Context(entries=entries):
                return self._context(entries, scope)
            case dmn.Relation(columns=columns, rows=rows):
                names = [c.name for c in columns]
                return Items(tuple(Context(tuple((n, self.boxed(c, scope)) for n, c in zip(names, row, strict=True)))
                                   for row in rows))
            case dmn.ListExpression(items=items):
                return Items(tuple(self.boxed(i, scope) for i in items))
            case dmn.Invocation(function=function, bindings=bindings):
                return self._invocation(function, bindings, scope)
            case dmn.Function():
                return self._function(expression, scope)
            case dmn.Conditional(condition=condition, yes=yes, no=no):
                tree = ast.If(Boxed(condition), Boxed(yes), Boxed(no))
                return self._tree(tree, scope)
        return self._tree(self._loop(expression, scope), scope)

    def _tree(self, tree: ast.Node, scope: Scope) -> Value:
        previous, self.lowering.boxed = self.lowering.boxed, self.boxed
        try:
            return self.lowering.lower(tree, scope)
        finally:
            self.lowering.boxed = previous

    def _loop(self, expression: dmn.Expression, scope: Scope) -> ast.Node:
        def inner(part: dmn.Expression, *names: str) -> ast.Node:
            if isinstance(part, dmn.LiteralExpression) and part.type_ref is None:
                return self.parse(part.text, scope.holding(dict.fromkeys(names, NULL))) or Boxed(part)
            return Boxed(part)

        match expression:
            case dmn.For(iterator=name, source=source, body=body):
                return ast.For((ast.Iterator(name, inner(source)),), inner(body, name, "partial"))
            case dmn.Quantified(kind=kind, iterator=name, source=source, condition=condition):
                return ast.Quantified(kind, (ast.Iterator(name, inner(source)),), inner(condition, name))
            case dmn.Filter(source=source, condition=condition):
                return ast.Filter(inner(source), inner(condition, "item"))
        raise NotCompilableError("F410", what=type(expression).__name__)

    def _context(self, entries: tuple[dmn.Entry, ...], scope: Scope) -> Value:
        inner = scope.holding({})
        for entry in entries:
            value = NULL if entry.value is None else self.boxed(entry.value, inner)
            value = self.lowering.settled(self.lowering.coerced(value, self.kind(entry.type_ref)))
            if entry.name is None:
                return value
            inner.names[entry.name] = value
        return Context(tuple(inner.names.items()))

    def _invocation(self, function: dmn.Expression, bindings: tuple[dmn.Binding, ...], scope: Scope) -> Value:
        names = tuple(b.name for b in bindings)
        arguments = tuple(NULL if b.value is None else self.boxed(b.value, scope) for b in bindings)
        called = self.boxed(function, scope)
        if isinstance(called, Function):
            known = [n for n, _ in called.parameters]
            arguments += (NULL,) * len(set(known) - set(names)) if set(names) <= set(known) else ()
            names += tuple(n for n in known if n not in names) if set(names) <= set(known) else ()
        return self.lowering.apply(called, arguments, names)

    def _function(self, function: dmn.Function, scope: Scope) -> Value:
        if function.kind != "FEEL":
            raise NotCompilableError("F411", what=function.kind)
        body = function.body
        if body is None:
            return NULL
        kinds = tuple((p.name, self.kind(p.type_ref)) for p in function.parameters)
        return self.lowering.function(kinds, lambda inner: self.boxed(body, inner), scope, function)


def _lower_boxed(lowering: Lowering, node: Boxed, scope: Scope) -> Value:
    if lowering.boxed is None:
        raise NotCompilableError("F410", what="Boxed")
    return lowering.boxed(node.expression, scope)


lower.HANDLERS[Boxed] = _lower_boxed


# ---- item definitions ----------------------------------------------------------------------------------------


def types_of(model: dmn.Model) -> dict[str, FeelType]:
    """Return the types a model declares, imported ones as ``import.name``."""
    types: dict[str, FeelType] = {}
    for imported in model.imports:
        if imported.model is not None:
            types |= {f"{imported.name}.{n}": t for n, t in types_of(imported.model).items()}
    items = {i.name: i for i in model.items}
    for item in model.items:
        types[item.name] = _item_type(item, items, types, (item.name,))
    return types


def _item_type(
    item: dmn.ItemDefinition, items: dict[str, dmn.ItemDefinition], types: dict[str, FeelType], path: tuple[str, ...],
) -> FeelType:
    def reference(name: str | None) -> FeelType:
        if name is None:
            return ANY
        if name in items and name not in path:
            return _item_type(items[name], items, types, (*path, name))
        return kind_of_name(name, types) or ANY

    if item.components:
        parts = ((c.name, _item_type(c, items, types, path)) for c in item.components)
        kind = FeelType("context", fields=tuple(parts))
    elif item.parameters is not None:
        parameters = tuple((p.name, reference(p.type_ref)) for p in item.parameters)
        kind = FeelType("function", of=reference(item.type_ref), fields=parameters)
    else:
        kind = reference(item.type_ref)
    if item.allowed:
        kind = replace(kind, allowed=parse_unary_tests(item.allowed))
    if item.collection:
        kind = list_of(kind)
    return replace(kind, allowed=parse_unary_tests(item.constraint)) if item.constraint else kind


