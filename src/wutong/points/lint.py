"""What must hold inside one model beyond the shape of its file. Rules are checked by compiling them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import pairwise

from wutong.points.file import ModelFile
from wutong.points.model import (
    ANY,
    POSITIVE,
    WEIGHTED,
    WHOLE,
    Group,
    Indicator,
    Node,
    PointModel,
    Profile,
)

MOST_PROFILES = 64
MOST_GATES = 60
SINGLE_SCALE = WEIGHTED | {"minimum", "mpi"}
"""Aggregations that only make sense over children of one scale."""


def check_model(f: ModelFile, model: PointModel) -> None:
    """Gather what is wrong with a model in `f`: codes, weights, scales, floors, grades, its label."""
    _codes(f, model)
    for node in model.nodes:
        _node(f, model, node)
    for indicator in model.indicators:
        if indicator.missing == "floor" and not 0 < indicator.floor <= indicator.max:
            f.fault("S106", indicator.code, value=indicator.floor)
    _stages(f, model)
    _grades(f, model)
    _label(f, model)


def _codes(f: ModelFile, model: PointModel) -> None:
    named: list[Node | Indicator | Group] = [*model.nodes, *model.indicators, *model.stages, *model.sectors]
    for code, count in Counter(n.code for n in named).items():
        if count > 1:
            f.fault("P115", code, name=code, other=code)
    if len(model.profiles) > MOST_PROFILES or len(model.gates) > MOST_GATES:
        f.fault("S118", None, profiles=len(model.profiles), gates=len(model.gates))


def _node(f: ModelFile, model: PointModel, node: Node) -> None:
    if node.aggregate in POSITIVE and node.floor <= 0:
        f.fault("S111", node.code, aggregate=node.aggregate)
    if node.aggregate == "power" and not 0 < node.power <= 10:
        f.fault("S108", node.code, value=node.power)
    if node.aggregate == "copeland" and node is not model.root:
        f.fault("S109", node.code, value="copeland", known="、".join(sorted(WEIGHTED - {"copeland"})))
    scales = {c.max for c in node.children}
    if node.aggregate in SINGLE_SCALE and len(scales) > 1:
        f.fault("S112", node.code, scales="、".join(str(s) for s in sorted(scales)))
    if node.aggregate in WEIGHTED:
        for child in node.children:
            _keys(f, model, child)
        for profile in model.profiles:
            _sum(f, model, node, profile, WHOLE)
    elif node.aggregate == "sum" and any(c.weight is not None for c in node.children):
        _sum(f, model, node, model.profiles[0], int((node.cap or node.max) * 100))


def _keys(f: ModelFile, model: PointModel, child: Node | Indicator) -> None:
    stages, sectors = {s.code for s in model.stages}, {s.code for s in model.sectors}
    for key in child.weight or {}:
        stage, _, sector = key.partition("/")
        if (stage != ANY and stage not in stages) or (sector not in ("", ANY) and sector not in sectors):
            known = "、".join([ANY, *sorted(stages), *(f"{ANY}/{s}" for s in sorted(sectors))])
            f.fault("S103", child.code, key=key, known=known)


def _sum(f: ModelFile, model: PointModel, node: Node, profile: Profile, whole: int) -> None:
    weights = [model.weight(c, profile) for c in node.children]
    if None in weights:
        if model.status != "needs_official_weights":
            f.fault("S114", node.code, profile=profile.key)
        return
    total = sum(w for w in weights if w is not None)
    if total != whole:
        f.fault("S101", node.code, profile=profile.key, total=total, whole=whole)


def _stages(f: ModelFile, model: PointModel) -> None:
    for groups, key in ((model.stages, "stages"), (model.sectors, "sectors")):
        if len({g.zh for g in groups}) < len(groups):
            f.fault("P115", key, name=key, other=key)


def _grades(f: ModelFile, model: PointModel) -> None:
    starts = [g.start for g in model.grades]
    if any(a <= b for a, b in pairwise(starts)) or (starts and starts[-1] != Decimal(0)):
        f.fault("S117", "grades", starts="、".join(str(s) for s in starts))
    nodes = {n.code: n.max for n in model.nodes}
    for minimum in model.minima:
        if minimum.node not in nodes:
            f.fault("S116", "minima", node=minimum.node, known="、".join(nodes))


def _label(f: ModelFile, model: PointModel) -> None:
    if model.status == "demo" and not (model.banner and model.banner_en):
        f.fault("S113", "banner")
    if model.status == "official":
        for key, source in model.sources.items():
            if source.grade == "M":
                f.fault("P116", key)
