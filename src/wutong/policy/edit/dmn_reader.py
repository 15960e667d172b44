"""A policy read back from DMN: decisions as an editor left them, the rest from the extension elements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

from wutong.dmn import model as dmn
from wutong.dmn.xml import load_dmn
from wutong.errors import Place, WutongError
from wutong.feel import ast
from wutong.feel.parser import parse_expression
from wutong.packs.loader import parse_policy
from wutong.packs.model import Policy
from wutong.policy.edit.dmn_parts import (
    EXTENSION,
    POLICY_TYPES,
    TEXT_OF,
    VERDICT,
    figure_text,
    unquoted,
    verdict_text,
    verdict_tree,
)
from wutong.policy.edit.dmn_writer import tree_of
from wutong.policy.edit.document import HEAD, Document, from_flow, normal, to_yaml

_OWN = {"section", "named", "bare", "unset"}


def read_dmn(path: Path) -> tuple[str, Policy]:
    """Return a DMN file as the text of a policy file, and the policy.

    Raises:
        WutongError: F20x not a DMN file that can be read, P162 not written from a policy, P163 a conclusion that is
            more than and, or, not of conditions, P164 a figure changed without its source, P1xx faults of the policy.
    """
    text = to_yaml(document_of(path.read_bytes(), path.name))
    return text, parse_policy(text, path.name)


def document_of(data: bytes, file: str = "") -> Document:
    """Return the document a DMN file holds. Raises as :func:`read_dmn`."""
    model = load_dmn(data)
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    heads = root.findall(f"./{{*}}extensionElements/{{{EXTENSION}}}policy")
    if not heads:
        raise WutongError.of("P162", Place(file=file or None))
    raw = _head(heads[0])
    clauses = {node.get("id"): node.find(f"./{{*}}extensionElements/{{{EXTENSION}}}clause") for node in root}
    names: dict[str, str] = {}
    verdict: str | None = None
    for decision in model.decisions:
        if decision.name == VERDICT:
            verdict = decision.expression.text if isinstance(decision.expression, dmn.LiteralExpression) else None
            continue
        section, entry = _entry(decision, clauses.get(decision.id), file)
        raw.setdefault(section, []).append(entry)
        if section == "conditions":
            names[entry["code"]] = decision.name
    found = normal(raw, file)
    if verdict is not None and verdict != verdict_text(tree_of(found), names):
        found["decide"] = verdict_tree(verdict, {name: code for code, name in names.items()})
    return normal(found, file)


def _head(node: Any) -> dict[str, Any]:
    raw: dict[str, Any] = {**{k: v for k, v in node.attrib.items() if k in HEAD}, "sources": {}, "outputs": [], "limits": [],
                           "figures": []}
    for child in node:
        values = dict(child.attrib)
        match etree.QName(child).localname:
            case "source":
                raw["sources"][values.pop("id", "")] = values
            case "output":
                raw["outputs"].append(values.get("name", ""))
            case "limit":
                raw["limits"].append(values)
            case "figure":
                raw["figures"].append(values)
            case "decide":
                raw["decide"] = from_flow(values.get("tree", ""))
            case "name" | "in_force" | "window" as tag:
                raw[tag] = values
    return raw


def _entry(decision: dmn.Decision, clause: Any | None, file: str) -> tuple[str, dict[str, Any]]:
    """Return section and entry of a decision; one that an editor added is told by what it holds."""
    known = {} if clause is None else dict(clause.attrib)
    said = known.get("section", "")
    section = said if said in ("parameters", "tables", *TEXT_OF) else _section(decision)
    entry: dict[str, Any] = {k: v for k, v in known.items() if k not in _OWN and not k.startswith("output.")}
    entry.setdefault("code", decision.id)
    if known.get("named") != decision.name:
        entry["zh"] = decision.name
    if section == "tables":
        return section, entry | _table(decision, known, file)
    text = decision.expression.text if isinstance(decision.expression, dmn.LiteralExpression) else None
    if section == "parameters":
        entry["values"] = [_value(v) for v in clause] if clause is not None else [{}]
        if text != figure_text(normal({"parameters": [entry]})["parameters"][0]):
            raise WutongError.of("P164", Place(file=file or None, clause=entry["code"]), name=decision.name)
        return section, entry
    return section, entry | ({} if text is None else {TEXT_OF[section]: text})


def _section(decision: dmn.Decision) -> str:
    if isinstance(decision.expression, dmn.DecisionTable):
        return "tables"
    return "conditions" if decision.type_ref == "boolean" else "let"


def _value(node: Any) -> dict[str, Any]:
    values: dict[str, Any] = dict(node.attrib)
    if values.pop("boolean", None):
        values["value"] = values["value"] == "true"
    return values


def _table(decision: dmn.Decision, known: dict[str, str], file: str) -> dict[str, Any]:
    table = decision.expression
    if not isinstance(table, dmn.DecisionTable) or len(table.outputs) != 1:
        raise WutongError.of("P165", Place(file=file or None, clause=decision.name))
    column, bare = table.outputs[0], known.get("bare") == "true"

    def result(text: str) -> str:
        plain = unquoted(text) if bare else None
        return text if plain is None else plain

    output: dict[str, Any] = {k.removeprefix("output."): v for k, v in known.items() if k.startswith("output.")}
    if "type" not in output and column.type_ref in POLICY_TYPES and not known:
        output["type"] = POLICY_TYPES[column.type_ref]
    if column.values:
        output["values"] = _values(column.values)
    hit = f"{table.hit_policy} {table.aggregation or ''}".strip()
    found: dict[str, Any] = {
        "inputs": [i.text for i in table.inputs], "output": output,
        "rules": [[*r.inputs, result(r.outputs[0])] for r in table.rules],
        "remarks": [r.annotations[0] if r.annotations else "" for r in table.rules],
    }
    if known.get("unset") != "hit" or hit != "UNIQUE":
        found["hit"] = hit
    return found | ({} if column.default is None else {"default": result(column.default)})


def _values(text: str) -> list[str]:
    node = parse_expression(f"[{text}]")
    items = node.items if isinstance(node, ast.ListLiteral) else ()
    return [str(i.value) for i in items if isinstance(i, ast.Literal)]
