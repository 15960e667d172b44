"""Writing a DMN model as DMN 1.5 XML; ``load_dmn(dump_dmn(m)) == m`` for models without imported files."""

from __future__ import annotations

from typing import Any, cast

from lxml import etree

from wutong.dmn import model as dmn
from wutong.dmn.xml import DMN_15


def dump_dmn(model: dmn.Model) -> bytes:
    """Return the model as DMN 1.5 XML in UTF-8, the same bytes for equal models."""
    root = etree.Element(f"{{{DMN_15}}}definitions", nsmap=cast("Any", {None: DMN_15}))
    for key, value in (("name", model.name), ("namespace", model.namespace), ("id", model.id)):
        root.set(key, value)
    for link in model.imports:
        _add(root, "import", name=link.name, namespace=link.namespace, importType=DMN_15, locationURI=link.location)
    for item in model.items:
        _item(root, "itemDefinition", item)
    for element in model.elements():
        _element(root, model, element)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _add(parent: Any, tag: str, **attributes: str | None) -> Any:
    node = etree.SubElement(parent, f"{{{DMN_15}}}{tag}")
    for key, value in attributes.items():
        if value is not None:
            node.set(key, value)
    return node


def _text(parent: Any, tag: str, text: str | None, **attributes: str | None) -> None:
    if text is not None:
        _add(_add(parent, tag, **attributes), "text").text = text


def _item(parent: Any, tag: str, item: dmn.ItemDefinition) -> None:
    node = _add(parent, tag, name=item.name, isCollection="true" if item.collection else None)
    if item.type_ref and item.parameters is None:
        _add(node, "typeRef").text = item.type_ref
    _text(node, "allowedValues", item.allowed)
    _text(node, "typeConstraint", item.constraint)
    for part in item.components:
        _item(node, "itemComponent", part)
    if item.parameters is not None:
        function = _add(node, "functionItem", outputTypeRef=item.type_ref)
        for parameter in item.parameters:
            _add(function, "parameters", name=parameter.name, typeRef=parameter.type_ref)


def _element(root: Any, model: dmn.Model, element: dmn.Element) -> None:
    tag = {
        dmn.Input: "inputData", dmn.Decision: "decision", dmn.BusinessKnowledge: "businessKnowledgeModel",
        dmn.DecisionService: "decisionService",
    }[type(element)]
    node = _add(root, tag, name=element.name, id=element.id)
    _add(node, "variable", name=element.name, typeRef=element.type_ref)
    match element:
        case dmn.Decision():
            for need in element.needs:
                _reference(_add(node, "informationRequirement"), _need_tag(model, need), need)
            _knowledge(node, element.knowledge)
            _boxed(node, element.expression)
        case dmn.BusinessKnowledge():
            if element.function is not None:
                _function(node, element.function, "encapsulatedLogic")
            _knowledge(node, element.knowledge)
        case dmn.DecisionService():
            for name, references in (("outputDecision", element.outputs), ("encapsulatedDecision", element.encapsulated),
                                     ("inputDecision", element.input_decisions), ("inputData", element.inputs)):
                for reference in references:
                    _reference(node, name, reference)


def _need_tag(model: dmn.Model, reference: str) -> str:
    found = model.resolve(reference)
    return "requiredInput" if found and isinstance(found[2], dmn.Input) else "requiredDecision"


def _knowledge(node: Any, references: tuple[str, ...]) -> None:
    for reference in references:
        _reference(_add(node, "knowledgeRequirement"), "requiredKnowledge", reference)


def _reference(node: Any, tag: str, reference: str) -> None:
    _add(node, tag, href=reference if "#" in reference else f"#{reference}")


def _boxed(parent: Any, expression: dmn.Expression | None) -> None:
    match expression:
        case None:
            return
        case dmn.LiteralExpression(text):
            _text(parent, "literalExpression", text, typeRef=expression.type_ref)
        case dmn.DecisionTable():
            _table(parent, expression)
        case dmn.Function():
            _function(parent, expression, "functionDefinition")
        case dmn.Context() | dmn.Relation() | dmn.ListExpression() | dmn.Invocation():
            _collection(parent, expression)
        case _:
            _control(parent, expression)


def _collection(parent: Any, expression: dmn.Expression) -> None:
    match expression:
        case dmn.Context(entries):
            node = _add(parent, "context", typeRef=expression.type_ref)
            for entry in entries:
                line = _add(node, "contextEntry")
                if entry.name is not None:
                    _add(line, "variable", name=entry.name, typeRef=entry.type_ref)
                _boxed(line, entry.value)
        case dmn.Relation(columns, rows):
            node = _add(parent, "relation", typeRef=expression.type_ref)
            for column in columns:
                _add(node, "column", name=column.name, typeRef=column.type_ref)
            for row in rows:
                line = _add(node, "row")
                for cell in row:
                    _boxed(line, cell)
        case dmn.ListExpression(items):
            node = _add(parent, "list", typeRef=expression.type_ref)
            for item in items:
                _boxed(node, item)
        case dmn.Invocation(function, bindings):
            node = _add(parent, "invocation", typeRef=expression.type_ref)
            _boxed(node, function)
            for binding in bindings:
                line = _add(node, "binding")
                _add(line, "parameter", name=binding.name)
                _boxed(line, binding.value)


def _control(parent: Any, expression: dmn.Expression) -> None:
    kind = expression.type_ref
    match expression:
        case dmn.Conditional(condition, yes, no):
            node = _add(parent, "conditional", typeRef=kind)
            lines = [("if", condition), ("then", yes), ("else", no)]
        case dmn.For(iterator, source, body):
            node = _add(parent, "for", typeRef=kind, iteratorVariable=iterator)
            lines = [("in", source), ("return", body)]
        case dmn.Quantified(quantifier, iterator, source, condition):
            node = _add(parent, quantifier, typeRef=kind, iteratorVariable=iterator)
            lines = [("in", source), ("satisfies", condition)]
        case dmn.Filter(source, condition):
            node = _add(parent, "filter", typeRef=kind)
            lines = [("in", source), ("match", condition)]
        case _:
            raise TypeError(type(expression).__name__)
    for tag, part in lines:
        _boxed(_add(node, tag), part)


def _function(parent: Any, function: dmn.Function, tag: str) -> None:
    node = _add(parent, tag, typeRef=function.type_ref, kind=None if function.kind == "FEEL" else function.kind)
    for parameter in function.parameters:
        _add(node, "formalParameter", name=parameter.name, typeRef=parameter.type_ref)
    _boxed(node, function.body)


def _table(parent: Any, table: dmn.DecisionTable) -> None:
    node = _add(parent, "decisionTable", typeRef=table.type_ref, hitPolicy=table.hit_policy,
                aggregation=table.aggregation, outputLabel=table.output_label)
    for column in table.inputs:
        head = _add(node, "input", label=column.label)
        _text(head, "inputExpression", column.text, typeRef=column.type_ref)
        _text(head, "inputValues", column.values)
    for output in table.outputs:
        head = _add(node, "output", name=output.name, typeRef=output.type_ref, label=output.label)
        _text(head, "outputValues", output.values)
        _text(head, "defaultOutputEntry", output.default)
    for name in table.annotations:
        _add(node, "annotation", name=name)
    for rule in table.rules:
        line = _add(node, "rule")
        for tag, texts in (("inputEntry", rule.inputs), ("outputEntry", rule.outputs),
                           ("annotationEntry", rule.annotations)):
            for text in texts:
                _text(line, tag, text)
