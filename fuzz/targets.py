"""What the fuzzer may throw anything at: each target takes bytes and may raise nothing but a coded error.

A target is a plain function, so that saved inputs are ordinary tests (tests/fuzz/test_saved_inputs.py).
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path

from lxml import etree

from wutong.dmn.writer import dump_dmn
from wutong.dmn.xml import DMN_15, load_dmn
from wutong.errors import WutongError
from wutong.feel.interp import Scope, evaluate
from wutong.feel.parser import parse_expression, parse_unary_tests
from wutong.feel.printer import to_text
from wutong.packs.loader import parse_policy
from wutong.policy.edit.dmn_reader import document_of
from wutong.policy.edit.dmn_writer import to_dmn
from wutong.policy.edit.document import document, to_yaml
from wutong.policy.evaluate import compile_block

NAMES = ("a", "b c", "上年营业收入", "职工总数（人）")


def feel(data: bytes) -> None:
    """Read an expression and a cell in both profiles; what was read prints to something that reads the same."""
    text = data.decode("utf-8", "replace")
    for profile in ("dmn", "policy"):
        for parse in (parse_expression, parse_unary_tests):
            try:
                tree = parse(text, names=NAMES, profile=profile)
            except WutongError:
                continue
            assert parse(to_text(tree), names=NAMES, profile=profile) == tree


def interp(data: bytes) -> None:
    """Evaluate an expression over a small scope."""
    try:
        evaluate(parse_expression(data.decode("utf-8", "replace"), names=NAMES), Scope({"a": None, "b c": "文"}))
    except WutongError:
        return


def xml(data: bytes) -> None:
    """Read a DMN file; what was read is written and reads the same."""
    try:
        model = load_dmn(data)
    except WutongError:
        return
    if not model.imports:
        assert load_dmn(dump_dmn(model)) == model


def dmn(data: bytes) -> None:
    """Read a whole DMN file of a policy that somebody has changed in places."""
    source = changed(data)
    xml(source)
    try:
        found = document_of(source)
    except WutongError:
        return
    pack(to_yaml(found).encode())


@cache
def _model() -> bytes:
    """A small policy with every kind of clause, as DMN."""
    text = (Path(__file__).parent / "seeds" / "policy.yaml").read_text("utf-8")
    return to_dmn(document(text, "policy.yaml"))


def changed(data: bytes) -> bytes:
    """Return the model after the changes that `data` spells: three bytes each for element, change and value."""
    root = etree.fromstring(_model())
    nodes = list(root.iter())
    data = data[:24]  # copies of copies grow fast
    for where, change, value in zip(data[::3], data[1::3], data[2::3], strict=False):
        node = nodes[(where * 7 + change) % len(nodes)]
        parent = node.getparent()
        match change % 6:
            case 0 if parent is not None:
                parent.remove(node)
            case 1 if parent is not None:
                parent.append(deepcopy(node))
            case 2:
                node.set(ATTRIBUTES[value % len(ATTRIBUTES)], VALUES[(value * 7 + where) % len(VALUES)])
            case 3:
                node.text = VALUES[value % len(VALUES)]
            case 4:
                node.tag = f"{{{DMN_15}}}{TAGS[value % len(TAGS)]}"
            case _:
                nodes[value % len(nodes)].append(deepcopy(node))
    return etree.tostring(root)


TAGS = (
    "decision", "inputData", "businessKnowledgeModel", "decisionService", "itemDefinition", "itemComponent", "variable",
    "informationRequirement", "requiredInput", "requiredDecision", "knowledgeRequirement", "requiredKnowledge", "text",
    "literalExpression", "decisionTable", "input", "inputExpression", "inputValues", "output", "outputValues", "rule",
    "inputEntry", "outputEntry", "annotationEntry", "annotation", "context", "contextEntry", "relation", "column", "row", "list",
    "invocation", "binding", "parameter", "functionDefinition", "formalParameter", "encapsulatedLogic", "conditional", "if",
    "then", "else", "for", "in", "return", "some", "every", "satisfies", "filter", "match", "import", "extensionElements",
    "policy", "clause", "value", "source", "decide", "limit", "typeRef", "allowedValues", "functionItem", "parameters",
    "outputDecision", "encapsulatedDecision", "inputDecision", "defaultOutputEntry", "typeConstraint",
)  # fmt: skip
ATTRIBUTES = (
    "name", "id", "href", "typeRef", "hitPolicy", "aggregation", "isCollection", "namespace", "locationURI", "kind", "label",
    "iteratorVariable", "outputTypeRef", "section", "code", "zh", "named", "unit", "tree", "from", "to", "values", "bare", "unset",
    "output.type", "policy", "pack", "version", "manual", "once", "group", "boolean", "value",
)  # fmt: skip
VALUES = (
    "", "a", "#a", "#b", "结论", "number", "string", "boolean", "UNIQUE", "FIRST", "COLLECT", "SUM", "true", "null", "a + 1", ">= 5",
    '"高", "低"', "-", "parameters", "let", "tables", "conditions", "benefits", "{all: [a, {any: [b]}]}", "[", "2026-01-01",
    "2026-13-01", "not(", "if a then", "1e99999999999999999999", "a and (b or c)", "list<", "\n", "=1", "feel:number",
)  # fmt: skip


def pack(data: bytes) -> None:
    """Read a policy file and compile it."""
    try:
        policy = parse_policy(data.decode("utf-8", "replace"), "fuzz.yaml")
        compile_block([policy], {"companies": {}}, date(2026, 11, 1))
    except WutongError:
        return


TARGETS = {"dmn": dmn, "feel": feel, "interp": interp, "xml": xml, "pack": pack}
