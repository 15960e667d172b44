"""The diagram of a DMN model (DMNDI): inputs at the bottom, each decision above what it needs."""

from __future__ import annotations

from typing import Any

from lxml import etree

from wutong.dmn import model as dmn

DMNDI = "https://www.omg.org/spec/DMN/20230324/DMNDI/"
DC = "http://www.omg.org/spec/DMN/20180521/DC/"
DI = "http://www.omg.org/spec/DMN/20180521/DI/"
DIAGRAM_NAMESPACES = {"dmndi": DMNDI, "dc": DC, "di": DI}
_WIDE, _HIGH, _INPUT_HIGH, _GAP, _LEVEL = 180, 80, 45, 30, 170
Box = tuple[int, int, int, int]


def add_diagram(root: Any, model: dmn.Model) -> None:
    """Append a diagram of the whole model; deterministic, at most ten elements beside each other."""
    boxes = _boxes(model)
    holder = etree.SubElement(root, f"{{{DMNDI}}}DMNDI", nsmap=DIAGRAM_NAMESPACES)
    diagram = etree.SubElement(holder, f"{{{DMNDI}}}DMNDiagram", id="diagram")
    for key, (x, y, width, height) in boxes.items():
        shape = etree.SubElement(diagram, f"{{{DMNDI}}}DMNShape", id=f"shape_{key}", dmnElementRef=key)
        etree.SubElement(shape, f"{{{DC}}}Bounds", height=str(height), width=str(width), x=str(x), y=str(y))
    for need in list(root.iter(f"{{{etree.QName(root).namespace}}}informationRequirement")):
        _edge(diagram, need, boxes)


def _edge(diagram: Any, need: Any, boxes: dict[str, Box]) -> None:
    start = boxes[next(iter(need)).get("href").removeprefix("#")]
    end = boxes[need.getparent().get("id")]
    edge = etree.SubElement(diagram, f"{{{DMNDI}}}DMNEdge", id=f"edge_{need.get('id')}", dmnElementRef=need.get("id"))
    for x, y in ((start[0] + start[2] // 2, start[1]), (end[0] + end[2] // 2, end[1] + end[3])):
        etree.SubElement(edge, f"{{{DI}}}waypoint", x=str(x), y=str(y))


def _boxes(model: dmn.Model) -> dict[str, Box]:
    levels = _levels(model)
    rows: list[list[str]] = []
    for level in range(max(levels.values(), default=0) + 1):
        members = [e.id for e in model.elements() if levels[e.id] == level]
        rows += [members[i : i + 10] for i in range(0, len(members), 10)]
    inputs = {i.id for i in model.inputs}
    boxes: dict[str, Box] = {}
    for row, members in enumerate(reversed(rows)):
        shift = (10 - len(members)) * (_WIDE + _GAP) // 2
        for column, key in enumerate(members):
            height = _INPUT_HIGH if key in inputs else _HIGH
            boxes[key] = (100 + shift + column * (_WIDE + _GAP), 80 + row * _LEVEL, _WIDE, height)
    return boxes


def _levels(model: dmn.Model) -> dict[str, int]:
    """Return how many steps each element stands above the inputs; elements in a circle end where it is met again."""
    needs = {d.id: d.needs for d in model.decisions}
    levels: dict[str, int] = {i.id: 0 for i in model.inputs}

    def level(key: str, path: frozenset[str]) -> int:
        if key not in levels:
            below = [level(n, path | {key}) for n in needs.get(key, ()) if n not in path]
            levels[key] = 1 + max(below, default=0)
        return levels[key]

    for decision in model.decisions:
        level(decision.id, frozenset({decision.id}))
    return levels
