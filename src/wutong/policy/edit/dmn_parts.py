"""What a policy is in DMN: which clause becomes which element, and how its texts read there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from wutong.dmn import model as dmn
from wutong.errors import WutongError
from wutong.feel import ast
from wutong.feel.parser import parse_expression, parse_unary_tests
from wutong.feel.printer import to_text
from wutong.ir.policy.scope import AS_OF, fact_names
from wutong.ir.policy.syntax import names_of
from wutong.policy.edit.document import Document
from wutong.tables.catalogue import Catalogue

EXTENSION = "urn:wutong:policy:1"
VERDICT = "结论"
VERDICT_ID = "verdict"
_TYPES = {"number": "number", "text": "string", "boolean": "boolean", "date": "date"}
POLICY_TYPES = {v: k for k, v in _TYPES.items()}
_NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
TEXT_OF = {"let": "expr", "conditions": "when", "benefits": "amount"}
"""The field of a clause that DMN holds as its logic."""
_COLLECT = ("SUM", "MIN", "MAX", "COUNT")


@dataclass(frozen=True, slots=True)
class Part:
    """One clause as a DMN decision."""

    section: str
    entry: dict[str, Any]
    id: str
    name: str
    logic: dmn.Expression | None
    type_ref: str | None
    texts: tuple[str, ...]
    """Every FEEL text in it, to see what it needs."""


def parts(found: Document, taken: set[str]) -> Iterator[Part]:
    """Yield the clauses of a policy in the order of DMN elements; `taken` are names of facts, and grows."""
    ids: set[str] = {VERDICT_ID}
    for section in ("parameters", "let", "tables", "conditions", "benefits"):
        for number, entry in enumerate(found.get(section, []), 1):
            logic, type_ref, texts = _logic(section, entry)
            yield Part(section, entry, _id(section, entry, number, ids), _name(entry, section, taken), logic, type_ref, texts)


def _logic(section: str, entry: dict[str, Any]) -> tuple[dmn.Expression | None, str | None, tuple[str, ...]]:
    if section == "tables":
        table = table_logic(entry)
        texts = (*entry["inputs"], *(row[-1] for row in entry["rules"]))
        return table, table.type_ref, texts
    text = figure_text(entry) if section == "parameters" else entry.get(TEXT_OF[section])
    type_ref = {"conditions": "boolean", "benefits": "number"}.get(section)
    logic = None if text is None else dmn.LiteralExpression(text, type_ref=type_ref)
    return logic, type_ref, () if text is None or section == "parameters" else (text,)


def _id(section: str, entry: dict[str, Any], number: int, ids: set[str]) -> str:
    kind = section.removesuffix("s")
    wanted = f"{kind}_{entry['code']}" if _NCNAME.fullmatch(entry["code"]) else f"{kind}_{number}"
    while wanted in ids:
        wanted += "_"
    ids.add(wanted)
    return wanted


def _name(entry: dict[str, Any], section: str, taken: set[str]) -> str:
    """A name of its own: DMN has one space of names, a condition may be called like the fact it asks for."""
    suffix = {"conditions": "（条件）", "benefits": "（收益）"}.get(section, "（参数）")
    name = " ".join(entry["zh"].split())
    while name in taken:
        name += suffix
    taken.add(name)
    return name


def figure_text(entry: dict[str, Any]) -> str:
    """Return a parameter's figures as FEEL, for those who read the model; the figures themselves are kept beside it.

    >>> figure_text({"unit": "人", "values": [{"value": "500"}]})
    '500人'
    """
    shown = [_figure(v.get("value"), entry.get("unit", "")) for v in entry["values"]]
    text = shown[-1]
    for value, figure in zip(reversed(entry["values"][:-1]), reversed(shown[:-1]), strict=True):
        text = f'if {AS_OF} <= date("{value.get("to", "")}") then {figure} else {text}'
    return text


def _figure(value: Any, unit: str) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return f"{value}{unit}" if re.fullmatch(r"-?\d+(\.\d+)?", value) else quoted(value)


def quoted(text: str) -> str:
    """Return a text as a FEEL literal."""
    return to_text(ast.Literal(text))


def unquoted(text: str) -> str | None:
    """Return the text of a FEEL literal, None for anything else.

    >>> unquoted(quoted('a"b')), unquoted("a")
    ('a"b', None)
    """
    try:
        node = parse_expression(text)
    except WutongError:
        return None
    return node.value if isinstance(node, ast.Literal) and isinstance(node.value, str) else None


def is_bare(entry: dict[str, Any]) -> bool:
    """Tell whether a table of texts writes all of them without quotes, as packs may; DMN needs them quoted."""
    outputs = [row[-1] for row in entry["rules"]] + ([entry["default"]] if "default" in entry else [])
    return entry["output"].get("type") == "text" and not any(o.startswith('"') for o in outputs)


def table_logic(entry: dict[str, Any]) -> dmn.DecisionTable:
    """Return a table of a policy as a DMN decision table. Raises F540 for an unknown hit policy."""
    hit, aggregation = _hit(entry.get("hit", "UNIQUE").upper())
    output, bare = entry["output"], is_bare(entry)
    remarks = entry.get("remarks")
    rules = []
    for number, (*cells, result) in enumerate(entry["rules"]):
        note = (remarks[number],) if remarks else ()
        rules.append(dmn.Rule(tuple(cells), (quoted(result) if bare else result,), note))
    default = entry.get("default")
    type_ref = _TYPES.get(output.get("type", "number"))
    values = ", ".join(quoted(v) for v in output.get("values", ())) or None
    column = dmn.TableOutput(None, type_ref, values, quoted(default) if bare and default is not None else default)
    inputs = tuple(dmn.TableInput(text) for text in entry["inputs"])
    return dmn.DecisionTable(inputs, (column,), tuple(rules), hit, aggregation, ("备注",) if remarks else (), None,
                             type_ref=type_ref)


def _hit(text: str) -> tuple[dmn.HitPolicy, dmn.Aggregation | None]:
    first, _, rest = text.partition(" ")
    if first == "COLLECT" and rest in _COLLECT:
        return "COLLECT", cast("dmn.Aggregation", rest)
    if text not in ("UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"):
        raise WutongError.of("F540", hit=text, known="UNIQUE、FIRST、ANY、PRIORITY、COLLECT SUM …")
    return cast("dmn.HitPolicy", text), None


def needs(made: list[Part], catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Return for each part the names it reads: other parts by code and name, facts by name."""
    local = {n for p in made if p.section in ("parameters", "let", "tables") for n in (p.entry["code"], p.entry["zh"])}
    facts = fact_names(catalogue)
    known = [*local, *facts]
    columns = {c.zh for child in catalogue.children for c in child.columns}
    tables = {child.zh for child in catalogue.children}
    wanted = local | (set(facts) - (columns - tables))
    return {p.id: tuple(sorted(_mentioned(p, known) & wanted)) for p in made}


def _mentioned(part: Part, known: list[str]) -> set[str]:
    names: set[str] = set()
    for text in part.texts:
        names |= _names(text, known)
    if part.section == "tables":
        for row in part.entry["rules"]:
            for cell in row[:-1]:
                if not cell[:1].isdigit() and cell not in ("-", "true", "false"):
                    names |= _names(cell, known, cell=True)
    return names


def _names(text: str, known: list[str], *, cell: bool = False) -> set[str]:
    """A text that cannot be read needs nothing: the linter tells what is wrong with it."""
    try:
        parse = parse_unary_tests if cell else parse_expression
        return names_of(parse(text, names=known, profile="policy"))
    except WutongError:
        return set()


def verdict_text(tree: Any, names: dict[str, str]) -> str:
    """Return a tree of conditions as a FEEL expression over their names.

    >>> verdict_text({"all": ["a", {"any": ["b", "c"]}]}, {"a": "甲", "b": "乙", "c": "丙"})
    '甲 and (乙 or 丙)'
    """
    return to_text(_verdict(tree, names))


def _verdict(tree: Any, names: dict[str, str]) -> ast.Node:
    if isinstance(tree, str):
        return ast.Name(names.get(tree, tree))
    key, inner = next(iter(tree.items()))
    if key == "not":
        return ast.Call(ast.Name("not"), (_verdict(inner, names),))
    first, *rest = [_verdict(t, names) for t in inner]
    for node in rest:
        first = ast.Binary("and" if key == "all" else "or", first, node)
    return first


def verdict_tree(text: str, codes: dict[str, str]) -> Any:
    """Return the tree that a FEEL expression over names of conditions says. Raises F1xx, P163.

    >>> verdict_tree("甲 and (乙 or 丙)", {"甲": "a", "乙": "b", "丙": "c"})
    {'all': ['a', {'any': ['b', 'c']}]}
    """
    return _tree(parse_expression(text, names=tuple(codes)), codes)


def _tree(node: ast.Node, codes: dict[str, str]) -> Any:
    match node:
        case ast.Name(name) if name in codes:
            return codes[name]
        case ast.Call(ast.Name("not"), (inner,)):
            return {"not": _tree(inner, codes)}
        case ast.Binary(("and" | "or") as word, left, right):
            key = "all" if word == "and" else "any"
            both = [_tree(left, codes), _tree(right, codes)]
            return {key: [t for b in both for t in (b[key] if isinstance(b, dict) and key in b else [b])]}
    raise WutongError.of("P163", found=to_text(node)[:60])
