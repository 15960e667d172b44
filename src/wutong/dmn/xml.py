"""Reading DMN 1.2–1.5 XML into `wutong.dmn.model` and writing DMN 1.5.

Diagrams, extensions, questions and knowledge sources are not part of the model and are not kept. The reader
takes no document type, no entity and no network.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from lxml import etree

from wutong.dmn import model as dmn
from wutong.errors import Place, WutongError

#: Namespaces of the versions read; the last one is written.
NAMESPACES = {
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
DMN_15 = "https://www.omg.org/spec/DMN/20230324/MODEL/"
#: Larger files are refused before they are parsed.
MAX_BYTES = 50_000_000

_BOXED = ("literalExpression", "context", "decisionTable", "relation", "list", "invocation", "functionDefinition",
          "conditional", "for", "filter", "some", "every")
_HIT = {"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"}
_AGGREGATION = {"SUM", "COUNT", "MIN", "MAX"}


def load_dmn(source: str | Path | bytes, *, imports: Iterable[dmn.Model] = ()) -> dmn.Model:
    """Read a DMN model from a file or from bytes.

    Imported models are looked up by namespace in `imports`, then in the files ``*.dmn`` beside the file; one
    not found leaves ``Import.model`` None. Raises WutongError F201 (not readable as XML), F202 (not DMN
    1.2–1.5), F203 (document type or entities), F204 (too large), F205 (an element is incomplete).
    """
    if isinstance(source, bytes):
        return _Reader(_parse(source, Place()), Place(), list(imports), None, ()).model()
    path = Path(source)
    place = Place(file=str(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WutongError.of("F201", place, reason=error.strerror or str(error)) from error
    return _Reader(_parse(data, place), place, list(imports), path.parent, (path.resolve(),)).model()


def _parse(data: bytes, place: Place) -> Any:
    if len(data) > MAX_BYTES:
        raise WutongError.of("F204", place, limit=MAX_BYTES // 1_000_000)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or None
        raise WutongError.of("F201", place.merged(line=line), reason=str(error)) from error
    if cast("Any", root.getroottree().docinfo).doctype:
        raise WutongError.of("F203", place)
    name = etree.QName(root)
    if name.namespace not in NAMESPACES or name.localname != "definitions":
        raise WutongError.of("F202", place, found=name.namespace or name.localname)
    return root


class _Reader:
    def __init__(
        self, root: Any, place: Place, known: list[dmn.Model], folder: Path | None, path: tuple[Path, ...]
    ) -> None:
        self.root, self.place, self.known, self.folder, self.path = root, place, known, folder, path
        self.namespace = etree.QName(root).namespace

    # -- small helpers ------------------------------------------------------------------------------

    def all(self, node: Any, tag: str) -> list[Any]:
        return [child for child in node if child.tag == f"{{{self.namespace}}}{tag}"]

    def one(self, node: Any, tag: str) -> Any | None:
        return next(iter(self.all(node, tag)), None)

    def must(self, node: Any, tag: str) -> Any:
        found = self.one(node, tag)
        if found is None:
            raise self.incomplete(node, tag)
        return found

    def incomplete(self, node: Any, missing: str) -> WutongError:
        place = self.place.merged(line=node.sourceline)
        return WutongError.of("F205", place, element=etree.QName(node).localname, missing=missing)

    def name(self, node: Any) -> str:
        name = node.get("name")
        if not name or not name.strip():
            raise self.incomplete(node, "name")
        return " ".join(name.split())

    def text(self, node: Any | None) -> str | None:
        inner = None if node is None else self.one(node, "text")
        return None if inner is None else (inner.text or "").strip()

    def type_of(self, node: Any | None, attribute: str = "typeRef") -> str | None:
        if node is None:
            return None
        value = node.get(attribute)
        if value is None and attribute == "typeRef" and (child := self.one(node, "typeRef")) is not None:
            value = child.text
        return value.strip().removeprefix("feel:").removeprefix("feel.") if value else None

    def hrefs(self, node: Any, *tags: str) -> tuple[str, ...]:
        found = [child.get("href", "") for tag in tags for child in self.all(node, tag)]
        return tuple(h.removeprefix("#") for h in found)

    # -- model --------------------------------------------------------------------------------------

    def model(self) -> dmn.Model:
        root = self.root
        return dmn.Model(
            name=" ".join(root.get("name", "").split()), namespace=root.get("namespace", ""), id=root.get("id", ""),
            imports=tuple(self.import_(n) for n in self.all(root, "import")),
            items=tuple(self.item(n) for n in self.all(root, "itemDefinition")),
            inputs=tuple(dmn.Input(*self.head(n)) for n in self.all(root, "inputData")),
            decisions=tuple(self.decision(n) for n in self.all(root, "decision")),
            functions=tuple(self.knowledge(n) for n in self.all(root, "businessKnowledgeModel")),
            services=tuple(self.service(n) for n in self.all(root, "decisionService")),
        )

    def import_(self, node: Any) -> dmn.Import:
        namespace = node.get("namespace", "")
        location = node.get("locationURI")
        model = next((m for m in self.known if m.namespace == namespace), None) or self.beside(namespace)
        return dmn.Import(node.get("name") or "", namespace, location, model)

    def beside(self, namespace: str) -> dmn.Model | None:
        for path in sorted(self.folder.glob("*.dmn")) if self.folder else ():
            if path.resolve() in self.path:
                continue
            place = Place(file=str(path))
            root = _parse(path.read_bytes(), place)
            if root.get("namespace") == namespace:
                return _Reader(root, place, self.known, self.folder, (*self.path, path.resolve())).model()
        return None

    def head(self, node: Any) -> tuple[str, str, str | None]:
        variable = self.one(node, "variable")
        name = self.name(node)
        return node.get("id") or name, name, self.type_of(variable)

    def item(self, node: Any) -> dmn.ItemDefinition:
        function = self.one(node, "functionItem")
        parameters = None
        if function is not None:
            found = self.all(function, "parameters")
            parameters = tuple(dmn.Parameter(self.name(p), self.type_of(p)) for p in found)
        return dmn.ItemDefinition(
            self.name(node),
            self.type_of(node) if function is None else self.type_of(function, "outputTypeRef"),
            self.text(self.one(node, "allowedValues")),
            tuple(self.item(n) for n in self.all(node, "itemComponent")),
            node.get("isCollection") == "true",
            parameters,
            self.text(self.one(node, "typeConstraint")),
        )

    def decision(self, node: Any) -> dmn.Decision:
        needs = [h for n in self.all(node, "informationRequirement")
                 for h in self.hrefs(n, "requiredInput", "requiredDecision")]
        return dmn.Decision(*self.head(node), self.boxed_in(node), tuple(needs), self.required_knowledge(node))

    def required_knowledge(self, node: Any) -> tuple[str, ...]:
        return tuple(h for n in self.all(node, "knowledgeRequirement") for h in self.hrefs(n, "requiredKnowledge"))

    def knowledge(self, node: Any) -> dmn.BusinessKnowledge:
        logic = self.one(node, "encapsulatedLogic")
        function = None if logic is None else self.function(logic)
        return dmn.BusinessKnowledge(*self.head(node), function, self.required_knowledge(node))

    def service(self, node: Any) -> dmn.DecisionService:
        return dmn.DecisionService(
            *self.head(node), self.hrefs(node, "outputDecision"), self.hrefs(node, "encapsulatedDecision"),
            self.hrefs(node, "inputDecision"), self.hrefs(node, "inputData"),
        )

    # -- boxed expressions --------------------------------------------------------------------------

    def boxed_in(self, node: Any) -> dmn.Expression | None:
        return next((self.boxed(c) for c in node if etree.QName(c).localname in _BOXED), None)

    def must_boxed(self, node: Any) -> dmn.Expression:
        found = self.boxed_in(node)
        if found is None:
            raise self.incomplete(node, "expression")
        return found

    def boxed(self, node: Any) -> dmn.Expression:
        kind = etree.QName(node).localname
        type_ref = self.type_of(node)
        match kind:
            case "literalExpression":
                return dmn.LiteralExpression(self.text(node) or "", type_ref=type_ref)
            case "context":
                return dmn.Context(tuple(self.entry(n) for n in self.all(node, "contextEntry")), type_ref=type_ref)
            case "decisionTable":
                return self.table(node, type_ref)
            case "relation":
                rows = tuple(tuple(self.boxed(c) for c in row if etree.QName(c).localname in _BOXED)
                             for row in self.all(node, "row"))
                columns = tuple(dmn.Parameter(self.name(c), self.type_of(c)) for c in self.all(node, "column"))
                return dmn.Relation(columns, rows, type_ref=type_ref)
            case "list":
                items = tuple(self.boxed(c) for c in node if etree.QName(c).localname in _BOXED)
                return dmn.ListExpression(items, type_ref=type_ref)
            case "invocation":
                return self.invocation(node, type_ref)
            case "functionDefinition":
                return self.function(node)
        return self.control(node, kind, type_ref)

    def control(self, node: Any, kind: str, type_ref: str | None) -> dmn.Expression:
        if kind == "conditional":
            condition, yes, no = (self.must_boxed(self.must(node, tag)) for tag in ("if", "then", "else"))
            return dmn.Conditional(condition, yes, no, type_ref=type_ref)
        source = self.must_boxed(self.must(node, "in"))
        if kind == "filter":
            return dmn.Filter(source, self.must_boxed(self.must(node, "match")), type_ref=type_ref)
        iterator = node.get("iteratorVariable")
        if not iterator:
            raise self.incomplete(node, "iteratorVariable")
        if kind == "for":
            return dmn.For(iterator, source, self.must_boxed(self.must(node, "return")), type_ref=type_ref)
        condition = self.must_boxed(self.must(node, "satisfies"))
        return dmn.Quantified("some" if kind == "some" else "every", iterator, source, condition, type_ref=type_ref)

    def entry(self, node: Any) -> dmn.Entry:
        variable = self.one(node, "variable")
        name = None if variable is None else self.name(variable)
        return dmn.Entry(name, self.boxed_in(node), self.type_of(variable))

    def invocation(self, node: Any, type_ref: str | None) -> dmn.Invocation:
        bindings = tuple(
            dmn.Binding(self.name(self.must(b, "parameter")), self.boxed_in(b)) for b in self.all(node, "binding")
        )
        return dmn.Invocation(self.must_boxed(node), bindings, type_ref=type_ref)

    def function(self, node: Any) -> dmn.Function:
        parameters = tuple(dmn.Parameter(self.name(p), self.type_of(p)) for p in self.all(node, "formalParameter"))
        return dmn.Function(parameters, self.boxed_in(node), node.get("kind", "FEEL"), type_ref=self.type_of(node))

    def table(self, node: Any, type_ref: str | None) -> dmn.DecisionTable:
        hit, aggregation = node.get("hitPolicy", "UNIQUE"), node.get("aggregation")
        if hit not in _HIT or (aggregation is not None and aggregation not in _AGGREGATION):
            raise self.incomplete(node, "hitPolicy")
        table = dmn.DecisionTable(
            tuple(self.table_input(n) for n in self.all(node, "input")),
            tuple(self.table_output(n) for n in self.all(node, "output")),
            tuple(self.rule(n) for n in self.all(node, "rule")),
            cast("dmn.HitPolicy", hit), cast("dmn.Aggregation | None", aggregation),
            tuple(n.get("name", "") for n in self.all(node, "annotation")),
            node.get("outputLabel"), type_ref=type_ref,
        )
        for rule in table.rules:
            if len(rule.inputs) != len(table.inputs) or len(rule.outputs) != len(table.outputs):
                raise self.incomplete(node, "inputEntry / outputEntry")
        return table

    def table_input(self, node: Any) -> dmn.TableInput:
        expression = self.must(node, "inputExpression")
        values = self.text(self.one(node, "inputValues"))
        return dmn.TableInput(self.text(expression) or "", self.type_of(expression), values, node.get("label"))

    def table_output(self, node: Any) -> dmn.TableOutput:
        default = self.one(node, "defaultOutputEntry")
        if default is not None and self.one(default, "text") is None and (inner := self.boxed_in(default)):
            default_text: str | None = inner.text if isinstance(inner, dmn.LiteralExpression) else None
        else:
            default_text = self.text(default)
        values = self.text(self.one(node, "outputValues"))
        name = node.get("name")
        return dmn.TableOutput(" ".join(name.split()) if name else None, self.type_of(node), values, default_text,
                               node.get("label"))

    def rule(self, node: Any) -> dmn.Rule:
        return dmn.Rule(
            tuple(self.text(n) or "-" for n in self.all(node, "inputEntry")),
            tuple(self.text(n) or "" for n in self.all(node, "outputEntry")),
            tuple(self.text(n) or "" for n in self.all(node, "annotationEntry")),
        )
