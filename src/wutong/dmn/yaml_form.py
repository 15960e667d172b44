"""The YAML form of a DMN model: short to write, complete, and back again.

    model: 示例
    types:
      等级: {type: string, allowed: '"高", "低"'}
      人: {fields: {姓名: string, 年龄: number}}
      名单: {list: 人}
    inputs: {年龄: number, 性别: ~}
    functions:
      双: {parameters: {a: number}, logic: a * 2}
    decisions:
      结果:
        type: 等级
        needs: [年龄, 双]
        logic:
          table:
            hit: FIRST
            inputs: [年龄]
            output: {values: '"高", "低"'}
            rules: [[">= 60", '"高"'], ["-", '"低"']]
    services:
      服务: {outputs: [结果], inputs: [年龄]}

Logic is a FEEL text or a mapping with one of ``table``, ``context``, ``relation``, ``list``, ``invoke``,
``function``, ``if``, ``for``, ``some``, ``every``, ``filter``; a line of a context may carry a type
(``收入 : number``). ``needs`` names inputs, decisions, functions and services. Imports have no YAML form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast, get_args

import yaml

from wutong.dmn import model as dmn
from wutong.errors import Place, WutongError

#: Larger texts are refused before they are read.
MAX_BYTES = 10_000_000
_TOP = ("model", "namespace", "id", "types", "inputs", "functions", "decisions", "services")


def load_yaml(source: str | Path | bytes) -> dmn.Model:
    """Read a model from a YAML file (str or Path) or from bytes.

    Raises WutongError F221 (no readable YAML, aliases, a key twice), F222 (a wrong or missing part, with its
    path), F223 (a name that nothing bears).
    """
    place = Place() if isinstance(source, bytes) else Place(file=str(source))
    try:
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
    except OSError as error:
        raise WutongError.of("F221", place, reason=error.strerror or str(error)) from error
    if len(data) > MAX_BYTES:
        raise WutongError.of("F221", place, reason=f"> {MAX_BYTES // 1_000_000} MB")
    return _Reader(place).model(_parse(data, place))


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases (a small file could stand for a huge one) and without a key given twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = cast("Any", self).peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "an alias (*name) is not allowed", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        twice = next((k for k, _ in node.value if keys.count(k.value) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"key twice: {twice.value}", twice.start_mark)
        return cast("dict[Any, Any]", super().construct_mapping(node, deep=deep))


# Texts stay texts: FEEL cells such as 5, true, null or 2026-11-01 are read by the FEEL parser, not by YAML.
_PlainLoader.yaml_implicit_resolvers = {}
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"~?"), ["~", ""])


def _parse(data: bytes, place: Place) -> Any:
    try:
        return yaml.load(data, _PlainLoader)  # noqa: S506 - a SafeLoader with less
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or type(error).__name__
        raise WutongError.of("F221", place.merged(line=mark.line + 1 if mark else None), reason=reason) from error


class _Reader:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.kinds: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    # -- shapes -------------------------------------------------------------------------------------

    def wrong(self, path: str, wanted: str) -> WutongError:
        return WutongError.of("F222", self.place, path=path, wanted=wanted)

    def mapping(self, value: Any, path: str, *known: str) -> dict[str, Any]:
        """Require a mapping of text keys; with `known`, of these only."""
        if not isinstance(value, dict) or not all(isinstance(k, str) for k in value):
            raise self.wrong(path, "mapping")
        unknown = next((k for k in value if known and k not in known), None)
        if unknown is not None:
            guess = get_close_matches(unknown, known, 1)
            raise self.wrong(f"{path}.{unknown}", guess[0] if guess else " ".join(known))
        return value

    def items(self, value: Any, path: str) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(path, "list")
        return value

    def text(self, value: Any, path: str) -> str:
        if not isinstance(value, str):
            raise self.wrong(path, "text")
        return value.strip()

    def maybe(self, value: Any, path: str) -> str | None:
        return None if value is None else self.text(value, path)

    def type_of(self, value: Any, path: str) -> str | None:
        """Read a type; ``null`` is what other YAML writers put for none."""
        return None if value == "null" else self.maybe(value, path)

    def parameters(self, value: Any, path: str) -> tuple[dmn.Parameter, ...]:
        found = self.mapping(value or {}, path)
        return tuple(dmn.Parameter(" ".join(n.split()), self.type_of(t, f"{path}.{n}")) for n, t in found.items())

    # -- model --------------------------------------------------------------------------------------

    def model(self, value: Any) -> dmn.Model:
        top = self.mapping(value, "model", *_TOP)
        parts = {key: self.mapping(top.get(key) or {}, key) for key in _TOP[3:]}
        for key in _TOP[4:]:
            self.declare(key, parts[key])
        return dmn.Model(
            self.text(top.get("model"), "model"), self.maybe(top.get("namespace"), "namespace") or "",
            self.maybe(top.get("id"), "id") or "", (),
            tuple(self.item(n, v, f"types.{n}") for n, v in parts["types"].items()),
            tuple(self.input(n, v) for n, v in parts["inputs"].items()),
            tuple(self.decision(n, v) for n, v in parts["decisions"].items()),
            tuple(self.knowledge(n, v) for n, v in parts["functions"].items()),
            tuple(self.service(n, v) for n, v in parts["services"].items()),
        )

    def declare(self, kind: str, elements: Mapping[str, Any]) -> None:
        for number, (name, value) in enumerate(elements.items(), 1):
            if name in self.kinds:
                raise self.wrong(f"{kind}.{name}", f"≠ {self.kinds[name]}.{name}")
            self.kinds[name] = kind
            given = value.get("id") if isinstance(value, dict) else None
            self.ids[name] = self.text(given, f"{kind}.{name}.id") if given else default_id(kind, number)

    def references(self, value: Any, path: str, *kinds: str) -> tuple[str, ...]:
        found = []
        for name in self.items(value, path):
            if not isinstance(name, str) or name not in self.kinds:
                guess = get_close_matches(str(name), self.kinds, 1, 0.4) or list(self.kinds)[:8]
                raise WutongError.of("F223", self.place, path=path, name=name, guess=" ".join(guess) or "-")
            if self.kinds[name] in kinds:
                found.append(self.ids[name])
        return tuple(found)

    def item(self, name: str, value: Any, path: str) -> dmn.ItemDefinition:
        if value is None or isinstance(value, str):
            return dmn.ItemDefinition(name, self.type_of(value, path))
        found = self.mapping(value, path, "type", "allowed", "fields", "list", "parameters", "result", "constraint")
        collection = "list" in found
        parameters = self.parameters(found["parameters"], path) if "parameters" in found else None
        inner = found.get("list") if collection else None
        fields = found.get("fields") or (inner.get("fields") if isinstance(inner, dict) else None) or {}
        type_ref = inner if isinstance(inner, str) else found.get("type") or found.get("result")
        return dmn.ItemDefinition(
            name, self.type_of(type_ref, path), self.maybe(found.get("allowed"), path),
            tuple(self.item(n, v, f"{path}.{n}") for n, v in self.mapping(fields, path).items()),
            collection, parameters, self.maybe(found.get("constraint"), path),
        )

    def input(self, name: str, value: Any) -> dmn.Input:
        if isinstance(value, dict):
            value = self.mapping(value, f"inputs.{name}", "id", "type").get("type")
        return dmn.Input(self.ids[name], name, self.type_of(value, f"inputs.{name}"))

    def decision(self, name: str, value: Any) -> dmn.Decision:
        path = f"decisions.{name}"
        found = self.mapping(value, path, "id", "type", "needs", "logic")
        needs = self.references(found.get("needs"), path, "inputs", "decisions")
        knowledge = self.references(found.get("needs"), path, "functions", "services")
        logic = None if found.get("logic") is None else self.logic(found["logic"], f"{path}.logic")
        return dmn.Decision(self.ids[name], name, self.type_of(found.get("type"), path), logic, needs, knowledge)

    def knowledge(self, name: str, value: Any) -> dmn.BusinessKnowledge:
        path = f"functions.{name}"
        found = self.mapping(value, path, "id", "type", "needs", "parameters", "result", "kind", "logic")
        function = None
        if "logic" in found or "parameters" in found:
            function = self.function({k: v for k, v in found.items() if k not in ("id", "type", "needs")}, path)
        needs = self.references(found.get("needs"), path, "functions", "services")
        return dmn.BusinessKnowledge(self.ids[name], name, self.type_of(found.get("type"), path), function, needs)

    def service(self, name: str, value: Any) -> dmn.DecisionService:
        path = f"services.{name}"
        keys = ("outputs", "encapsulated", "given", "inputs")
        found = self.mapping(value, path, "id", "type", *keys)
        outputs, inner, given, inputs = (
            self.references(found.get(k), path, "inputs" if k == "inputs" else "decisions") for k in keys)
        return dmn.DecisionService(
            self.ids[name], name, self.type_of(found.get("type"), path), outputs, inner, given, inputs)

    # -- logic --------------------------------------------------------------------------------------

    def logic(self, value: Any, path: str) -> dmn.Expression:
        if isinstance(value, str):
            return dmn.LiteralExpression(value.strip())
        found = dict(self.mapping(value, path))
        type_ref = self.maybe(found.pop("type", None), f"{path}.type")
        kind = next((k for k in found if k in _KINDS), None)
        if kind is None:
            raise self.wrong(path, " ".join(_KINDS))
        expression = _KINDS[kind](self, found, f"{path}.{kind}")
        return _typed(expression, type_ref)

    def feel(self, found: dict[str, Any], path: str) -> dmn.Expression:
        self.mapping(found, path, "feel")
        return dmn.LiteralExpression(self.text(found["feel"], path))

    def part(self, found: Mapping[str, Any], key: str, path: str) -> dmn.Expression:
        if found.get(key) is None:
            raise self.wrong(f"{path}.{key}", "FEEL")
        return self.logic(found[key], f"{path}.{key}")

    def context(self, found: dict[str, Any], path: str) -> dmn.Expression:
        self.mapping(found, path, "context", "result")
        entries = []
        for key, value in self.mapping(found["context"] or {}, path).items():
            name, _, type_ref = key.partition(" : ")
            logic = None if value is None else self.logic(value, f"{path}.{key}")
            entries.append(dmn.Entry(name, logic, type_ref or None))
        if found.get("result") is not None:
            entries.append(dmn.Entry(None, self.logic(found["result"], path)))
        return dmn.Context(tuple(entries))

    def relation(self, found: dict[str, Any], path: str) -> dmn.Expression:
        self.mapping(found, path, "relation", "columns")
        rows = []
        for number, row in enumerate(self.items(found["relation"], path), 1):
            rows.append(tuple(self.logic(c, f"{path}.{number}") for c in self.items(row, f"{path}.{number}")))
        columns = self.parameters(found.get("columns"), f"{path}.columns")
        if any(len(row) != len(columns) for row in rows):
            raise self.wrong(path, f"{len(columns)} columns")
        return dmn.Relation(columns, tuple(rows))

    def list_(self, found: dict[str, Any], path: str) -> dmn.Expression:
        self.mapping(found, path, "list")
        return dmn.ListExpression(tuple(self.logic(v, path) for v in self.items(found["list"], path)))

    def invoke(self, found: dict[str, Any], path: str) -> dmn.Expression:
        self.mapping(found, path, "invoke", "with")
        arguments = self.mapping(found.get("with") or {}, path)
        bindings = [dmn.Binding(n, None if v is None else self.logic(v, path)) for n, v in arguments.items()]
        return dmn.Invocation(self.logic(found["invoke"], path), tuple(bindings))

    def function_logic(self, found: dict[str, Any], path: str) -> dmn.Expression:
        self.mapping(found, path, "function")
        return self.function(found["function"], path)

    def function(self, value: Any, path: str) -> dmn.Function:
        found = self.mapping(value, path, "parameters", "result", "kind", "logic")
        logic = None if found.get("logic") is None else self.logic(found["logic"], f"{path}.logic")
        kind = self.maybe(found.get("kind"), path) or "FEEL"
        return dmn.Function(self.parameters(found.get("parameters"), path), logic, kind,
                            type_ref=self.type_of(found.get("result"), path))

    def conditional(self, found: dict[str, Any], path: str) -> dmn.Expression:
        self.mapping(found, path, "if", "then", "else")
        return dmn.Conditional(*(self.part(found, k, path) for k in ("if", "then", "else")))

    def loop(self, found: dict[str, Any], path: str) -> dmn.Expression:
        self.mapping(found, path, "for", "in", "return")
        return dmn.For(self.text(found["for"], path), self.part(found, "in", path), self.part(found, "return", path))

    def quantified(self, found: dict[str, Any], path: str) -> dmn.Expression:
        kind = "some" if "some" in found else "every"
        self.mapping(found, path, kind, "in", "satisfies")
        source, condition = self.part(found, "in", path), self.part(found, "satisfies", path)
        return dmn.Quantified("some" if kind == "some" else "every", self.text(found[kind], path), source, condition)

    def filter(self, found: dict[str, Any], path: str) -> dmn.Expression:
        self.mapping(found, path, "filter", "match")
        return dmn.Filter(self.part(found, "filter", path), self.part(found, "match", path))

    # -- tables -------------------------------------------------------------------------------------

    def table(self, found: dict[str, Any], path: str) -> dmn.Expression:
        self.mapping(found, path, "table")
        table = self.mapping(found["table"], path, "hit", "inputs", "output", "outputs", "rules", "annotations", "label")
        hit, aggregation = self.hit(self.maybe(table.get("hit"), path) or "UNIQUE", path)
        inputs = tuple(self.column(v, f"{path}.inputs", dmn.TableInput) for v in self.items(table.get("inputs"), path))
        named = table.get("outputs") or [table.get("output") or {}]
        outputs = tuple(self.column(v, f"{path}.outputs", dmn.TableOutput) for v in self.items(named, path))
        remarks = tuple(self.text(a, path) for a in self.items(table.get("annotations"), path))
        rules = tuple(
            self.rule(row, f"{path}.rules.{number}", len(inputs), len(outputs), len(remarks))
            for number, row in enumerate(self.items(table.get("rules"), path), 1))
        label = self.maybe(table.get("label"), path)
        return dmn.DecisionTable(inputs, outputs, rules, hit, aggregation, remarks, label)

    def hit(self, text: str, path: str) -> tuple[dmn.HitPolicy, dmn.Aggregation | None]:
        aggregation = text.removeprefix("COLLECT ")
        if aggregation != text and aggregation in get_args(dmn.Aggregation):
            return "COLLECT", cast("dmn.Aggregation", aggregation)
        if text not in get_args(dmn.HitPolicy):
            raise self.wrong(f"{path}.hit", " ".join(get_args(dmn.HitPolicy)))
        return cast("dmn.HitPolicy", text), None

    def column(self, value: Any, path: str, kind: Callable[..., Any]) -> Any:
        if isinstance(value, str):
            return kind(value.strip())
        if kind is dmn.TableInput:
            found = self.mapping(value, path, "expr", "type", "values", "label")
            first: str | None = self.text(found.get("expr"), f"{path}.expr")
        else:
            found = self.mapping(value, path, "name", "type", "values", "default", "label")
            first = self.maybe(found.get("name"), path)
        rest = {k: self.maybe(v, f"{path}.{k}") for k, v in found.items() if k not in ("expr", "name", "type")}
        return kind(first, self.type_of(found.get("type"), path), **rest)

    def rule(self, row: Any, path: str, inputs: int, outputs: int, remarks: int) -> dmn.Rule:
        cells = [self.text(c, path) for c in self.items(row, path)]
        if not inputs + outputs <= len(cells) <= inputs + outputs + remarks:
            raise self.wrong(path, f"{inputs} + {outputs}")
        return dmn.Rule(tuple(c or "-" for c in cells[:inputs]), tuple(cells[inputs:inputs + outputs]),
                        tuple(cells[inputs + outputs:]))


def default_id(kind: str, number: int) -> str:
    """The id an element gets if none is written: the kind and its place in the file."""
    return f"{kind.removesuffix('s')}_{number}"


def _typed(expression: dmn.Expression, type_ref: str | None) -> dmn.Expression:
    return expression if type_ref is None else replace(expression, type_ref=type_ref)


_KINDS: dict[str, Callable[[_Reader, dict[str, Any], str], dmn.Expression]] = {
    "feel": _Reader.feel, "table": _Reader.table, "context": _Reader.context, "relation": _Reader.relation,
    "list": _Reader.list_, "invoke": _Reader.invoke, "function": _Reader.function_logic, "if": _Reader.conditional,
    "for": _Reader.loop, "some": _Reader.quantified, "every": _Reader.quantified, "filter": _Reader.filter,
}
