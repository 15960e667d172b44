"""Writing a DMN model in its YAML form; ``load_yaml(dump_yaml(m)) == m``."""

from __future__ import annotations

from typing import Any

import yaml

from wutong.dmn import model as dmn
from wutong.dmn.yaml_form import default_id
from wutong.errors import WutongError


def dump_yaml(model: dmn.Model) -> bytes:
    """Return the model as YAML in UTF-8; raises F222 for a model with imports, which have no YAML form."""
    if model.imports:
        raise WutongError.of("F222", path="imports", wanted="-")
    names = {element.id: element.name for element in model.elements()}
    top = _some({
        "model": model.name, "namespace": model.namespace or None, "id": model.id or None,
        "types": {item.name: _item(item) for item in model.items},
        "inputs": _each("inputs", model.inputs, _input),
        "functions": _each("functions", model.functions, lambda e: _knowledge(e, names)),
        "decisions": _each("decisions", model.decisions, lambda e: _decision(e, names)),
        "services": _each("services", model.services, lambda e: _service(e, names)),
    })  # fmt: skip
    text = yaml.dump(top, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None)
    return bytes(text, "utf-8")


class _Dumper(yaml.SafeDumper):
    """Nothing is ``~``, since ``null`` is FEEL; equal parts are written out each time."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True


_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "~"))


def _some(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not there."""
    return {k: v for k, v in found.items() if v is not None and v not in ({}, [])}


def _each(kind: str, elements: tuple[Any, ...], write: Any) -> dict[str, Any]:
    found = {}
    for number, element in enumerate(elements, 1):
        given = {} if element.id == default_id(kind, number) else {"id": element.id}
        written = write(element)
        found[element.name] = written if not given and isinstance(written, str | None) else given | (
            written if isinstance(written, dict) else _some({"type": written}))
    return found


def _item(item: dmn.ItemDefinition) -> Any:
    fields = {part.name: _item(part) for part in item.components}
    rest = _some({"allowed": item.allowed, "constraint": item.constraint})
    if item.parameters is not None:
        return {"parameters": _parameters(item.parameters), **_some({"result": item.type_ref}), **rest}
    if item.collection:
        return {"list": item.type_ref or ({"fields": fields} if fields else None), **rest}
    if not fields and not rest:
        return item.type_ref
    return _some({"type": item.type_ref, "fields": fields}) | rest


def _parameters(parameters: tuple[dmn.Parameter, ...]) -> dict[str, str | None]:
    return {p.name: p.type_ref for p in parameters}


def _input(element: dmn.Input) -> str | None:
    return element.type_ref


def _knowledge(element: dmn.BusinessKnowledge, names: dict[str, str]) -> dict[str, Any]:
    needs = [names[r] for r in element.knowledge]
    function = {} if element.function is None else _function(element.function)
    return _some({"type": element.type_ref, "needs": needs}) | function


def _decision(element: dmn.Decision, names: dict[str, str]) -> dict[str, Any]:
    needs = [names[r] for r in element.needs + element.knowledge]
    logic = None if element.expression is None else _logic(element.expression)
    return _some({"type": element.type_ref, "needs": needs, "logic": logic})


def _service(element: dmn.DecisionService, names: dict[str, str]) -> dict[str, Any]:
    parts = {"outputs": element.outputs, "encapsulated": element.encapsulated, "given": element.input_decisions,
             "inputs": element.inputs}
    return _some({"type": element.type_ref}) | _some({k: [names[r] for r in v] for k, v in parts.items()})


def _function(function: dmn.Function) -> dict[str, Any]:
    body = None if function.body is None else _logic(function.body)
    kind = None if function.kind == "FEEL" else function.kind
    return {"parameters": _parameters(function.parameters), **_some({"result": function.type_ref, "kind": kind}),
            **({} if body is None else {"logic": body})}


def _logic(expression: dmn.Expression) -> Any:
    if isinstance(expression, dmn.LiteralExpression) and expression.type_ref is None:
        return expression.text
    if isinstance(expression, dmn.Function):
        return {"function": _function(expression)}
    return _some({"type": expression.type_ref}) | _boxed(expression)


def _boxed(expression: dmn.Expression) -> dict[str, Any]:
    match expression:
        case dmn.LiteralExpression(text):
            return {"feel": text}
        case dmn.DecisionTable():
            return {"table": _table(expression)}
        case dmn.Context(entries):
            return _context(entries)
        case dmn.Relation(columns, rows):
            return {"relation": [[_logic(c) for c in row] for row in rows], "columns": _parameters(columns)}
        case dmn.ListExpression(items):
            return {"list": [_logic(item) for item in items]}
        case dmn.Invocation(function, bindings):
            values = {b.name: None if b.value is None else _logic(b.value) for b in bindings}
            return {"invoke": _logic(function), "with": values}
    return _control(expression)


def _control(expression: dmn.Expression) -> dict[str, Any]:
    match expression:
        case dmn.Conditional(condition, yes, no):
            return {"if": _logic(condition), "then": _logic(yes), "else": _logic(no)}
        case dmn.For(iterator, source, body):
            return {"for": iterator, "in": _logic(source), "return": _logic(body)}
        case dmn.Quantified(kind, iterator, source, condition):
            return {kind: iterator, "in": _logic(source), "satisfies": _logic(condition)}
        case dmn.Filter(source, condition):
            return {"filter": _logic(source), "match": _logic(condition)}
    raise TypeError(type(expression).__name__)


def _context(entries: tuple[dmn.Entry, ...]) -> dict[str, Any]:
    lines: dict[str, Any] = {}
    result: dict[str, Any] = {}
    for entry in entries:
        value = None if entry.value is None else _logic(entry.value)
        if entry.name is None:
            result = {"result": value}
        else:
            lines[f"{entry.name} : {entry.type_ref}" if entry.type_ref else entry.name] = value
    return {"context": lines, **result}


def _table(table: dmn.DecisionTable) -> dict[str, Any]:
    hit = f"COLLECT {table.aggregation}" if table.aggregation else table.hit_policy
    inputs = [_column(i.text, "expr", i) for i in table.inputs]
    outputs = [_column(None, "name", o) for o in table.outputs]
    return _some({
        "hit": hit, "label": table.output_label, "inputs": inputs,
        **({"output": outputs[0]} if len(outputs) == 1 else {"outputs": outputs}),
        "annotations": list(table.annotations),
        "rules": [[*rule.inputs, *rule.outputs, *rule.annotations] for rule in table.rules],
    })  # fmt: skip


def _column(text: str | None, key: str, column: dmn.TableInput | dmn.TableOutput) -> Any:
    default = column.default if isinstance(column, dmn.TableOutput) else None
    name = column.name if isinstance(column, dmn.TableOutput) else text
    found = {key: name} if name is not None else {}
    found |= _some({"type": column.type_ref, "values": column.values, "default": default, "label": column.label})
    return name if list(found) == ["expr"] else found
