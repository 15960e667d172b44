"""A policy as a DMN model with a diagram: decisions with their needs, what DMN cannot hold in extension elements."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, cast

from lxml import etree

from wutong.dmn import model as dmn
from wutong.dmn.writer import dump_dmn
from wutong.dmn.xml import DMN_15, NAMESPACES
from wutong.policy.edit.diagram import DIAGRAM_NAMESPACES, add_diagram
from wutong.policy.edit.dmn_parts import (
    EXTENSION,
    VERDICT,
    VERDICT_ID,
    Part,
    is_bare,
    needs,
    parts,
    verdict_text,
)
from wutong.policy.edit.document import HEAD, Document, to_flow
from wutong.policy.evaluate import shipped_catalogue
from wutong.tables.catalogue import Catalogue

Version = Literal["1.5", "1.3"]
_LOGIC = {"expr", "inputs", "rules", "remarks", "output", "default", "hit"}
_IDENTIFIED = ("decisionTable", "literalExpression", "input", "inputExpression", "output", "rule", "inputEntry", "outputEntry",
               "informationRequirement", "variable", "outputValues", "defaultOutputEntry")


def to_dmn(found: Document, *, version: Version = "1.5", catalogue: Catalogue | None = None) -> bytes:
    """Return a policy document as DMN XML with a diagram.

    Version 1.3 differs in its namespaces only; dmn-js reads that one. Raises F540 for an unknown hit policy.
    """
    known = catalogue or shipped_catalogue()
    taken = {VERDICT}
    facts = _facts(found, known)
    taken |= set(facts)
    made = list(parts(found, taken))
    reads = needs(made, known)
    model = _model(found, made, facts, reads)
    root = etree.fromstring(dump_dmn(model))
    _extend(root, found, made)
    _identify(root)
    add_diagram(root, model)
    # editors want every prefix declared at the top
    etree.cleanup_namespaces(root, top_nsmap=cast("Any", {None: DMN_15, "wutong": EXTENSION, **DIAGRAM_NAMESPACES}))
    xml = bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
    if version == "1.3":
        uri = next(n for n, v in NAMESPACES.items() if v == "1.3")
        new, old = uri.removesuffix("MODEL/"), DMN_15.removesuffix("MODEL/")
        xml = xml.replace(old.encode() + b"MODEL/", new.encode() + b"MODEL/").replace(
            old.encode() + b"DMNDI/", new.encode() + b"DMNDI/")
    return xml


def _facts(found: Document, catalogue: Catalogue) -> list[str]:
    """Return the facts a policy reads, each an input of the model."""
    made = list(parts(found, set()))
    local = {n for p in made for n in (p.entry["code"], p.entry["zh"]) if p.section in ("parameters", "let", "tables")}
    return sorted({n for names in needs(made, catalogue).values() for n in names} - local)


def _model(found: Document, made: list[Part], facts: list[str], reads: dict[str, tuple[str, ...]]) -> dmn.Model:
    inputs = tuple(dmn.Input(f"fact_{number}", name) for number, name in enumerate(facts, 1))
    ids = {i.name: i.id for i in inputs}
    ids |= {n: p.id for p in made if p.section in ("parameters", "let", "tables") for n in (p.entry["code"], p.entry["zh"])}
    decisions = [
        dmn.Decision(p.id, p.name, p.type_ref, p.logic, tuple(dict.fromkeys(ids[n] for n in reads[p.id] if ids[n] != p.id)))
        for p in made
    ]
    conditions = {p.entry["code"]: p for p in made if p.section == "conditions"}
    text = verdict_text(tree_of(found), {c: p.name for c, p in conditions.items()})
    used = tuple(p.id for p in conditions.values())
    decisions.append(dmn.Decision(VERDICT_ID, VERDICT, "boolean", dmn.LiteralExpression(text, type_ref="boolean"), used))
    name = " ".join(found["name"].get("zh", found.get("policy", "")).split())
    return dmn.Model(name, f"{EXTENSION}#{found.get('policy', '')}", "definitions", inputs=inputs, decisions=tuple(decisions))


def tree_of(found: Document) -> Any:
    """Return the tree of conditions; without one all of them."""
    return found.get("decide") or {"all": [c["code"] for c in found.get("conditions", [])]}


def _extend(root: Any, found: Document, made: list[Part]) -> None:
    """Put what DMN has no place for into extension elements, beside the element it belongs to."""
    head = _extension(root, "policy", {k: found[k] for k in HEAD if k in found})
    for key in ("name", "in_force", "window"):
        if key in found:
            _child(head, key, found[key])
    for key, source in found.get("sources", {}).items():
        _child(head, "source", {"id": key, **source})
    for limit in found.get("limits", []):
        _child(head, "limit", limit)
    for figure in found.get("figures", []):
        _child(head, "figure", figure)
    if "decide" in found:
        _child(head, "decide", {"tree": to_flow(found["decide"])})
    for output in found.get("outputs", []):
        _child(head, "output", {"name": output})
    nodes = {node.get("id"): node for node in root}
    for part in made:
        _clause(nodes[part.id], part)


def _clause(node: Any, part: Part) -> None:
    held = {"when"} if part.section == "conditions" else {"amount"} if part.section == "benefits" else set()
    rest = {k: v for k, v in part.entry.items() if k not in _LOGIC | held | {"values"}}
    rest |= {"section": part.section, "named": part.name}
    if part.section == "tables":
        output = part.entry["output"]
        rest |= {f"output.{k}": output[k] for k in ("type", "unit") if k in output}
        rest |= {"bare": "true"} if is_bare(part.entry) else {}
        rest |= {} if "hit" in part.entry else {"unset": "hit"}
    clause = _extension(node, "clause", rest)
    for value in part.entry.get("values", ()) if part.section == "parameters" else ():
        kind = {"boolean": "true"} if isinstance(value.get("value"), bool) else {}
        _child(clause, "value", {**value, **kind})


def _extension(node: Any, tag: str, values: dict[str, Any]) -> Any:
    holder = etree.Element(f"{{{DMN_15}}}extensionElements")
    node.insert(0, holder)
    return _child(holder, tag, values)


def _child(parent: Any, tag: str, values: dict[str, Any]) -> Any:
    node = etree.SubElement(parent, f"{{{EXTENSION}}}{tag}")
    for key, value in values.items():
        node.set(key, _attribute(value))
    return node


def _attribute(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "\n".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _identify(root: Any) -> None:
    """Give every element that editors address an id; ids are counted, so that equal policies give equal bytes."""
    for tag in _IDENTIFIED:
        for number, node in enumerate(root.iter(f"{{{DMN_15}}}{tag}"), 1):
            node.set("id", f"{tag}_{number}")
