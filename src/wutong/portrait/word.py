"""A portrait as a Word file, from a template an officer can edit; bars are made of text, so that nothing is a picture."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources
from typing import Any

from wutong.points.tree import half_up
from wutong.portrait.html import SHOWN, signed
from wutong.portrait.model import Axis, Points, Portrait, Series
from wutong.portrait.texts import TEXTS, Texts
from wutong.report.format import plain
from wutong.report.word import filled

_STEPS = 10
"""Characters of a full bar."""


def as_word(portrait: Portrait, template: bytes | None = None) -> bytes:
    """Return the portrait as a Word file, from the template that ships or one of the zone's own (docxtpl).

    Raises WutongError C131 for a template that is no Word file or uses fields that do not exist.
    """
    return filled(template or word_template(), word_fields(portrait))


def word_template() -> bytes:
    """Return the Word template that ships."""
    return resources.files("wutong.portrait").joinpath("templates/portrait.docx").read_bytes()


def word_fields(portrait: Portrait) -> dict[str, Any]:
    """Return the fields a template may use; docs/portrait.md lists them."""
    t, stamp, points = Texts(portrait.lang), portrait.stamp, portrait.points
    return {
        "t": {key: t[key] for key in TEXTS}, "name": portrait.name, "code": portrait.code, "marks": " · ".join(portrait.marks),
        "demo": t["demo_long"] if portrait.demo else "", "on": stamp.on.isoformat(), "run": stamp.run,
        "points_run": stamp.points_run, "snapshot": stamp.snapshot[:12], "engine": stamp.engine,
        "identity": [{"label": f.label, "text": f.text, "source": f.source} for f in portrait.identity],
        "tags": [{"text": x.text, "reason": x.reason} for x in portrait.tags],
        "score": _score(points, t), "axes": [] if points is None else [_axis(a) for a in points.axes],
        "lines": [] if points is None or points.score is None else [*map(_line, points.lines), *_sums(points, t)],
        "losses": [] if points is None else [
            {"label": x.label, "lost": t.fill("lost", plain(x.lost)), "advice": x.advice, "next": x.next} for x in points.losses],
        "years": [str(c.year) for c in portrait.series[0].cells],
        "series": [{"label": s.label, "cells": _cells(s), "source": t["sep"].join(dict.fromkeys(c.source for c in s.cells))}
                   for s in portrait.series],
        "policies": [{"word": p.word, "name": p.name, "draft": t["draft"] if p.draft else "", "reason": p.reason,
                      "amount": p.amount, "basis": p.basis} for p in portrait.policies],
        "expiring": [_event(e) for e in portrait.expiring], "expected": portrait.expected_text or t["unknown"],
        "money": [_sheet(s) for s in (portrait.received, portrait.raised)], "records": [_sheet(s) for s in portrait.records],
        "timeline": [_event(e) for e in portrait.timeline[-SHOWN:]],
        "questions": [{"fact": q.fact, "policies": t["comma"].join(q.policies), "points": plain(half_up(q.points)) if q.points else ""}
                      for q in portrait.questions],
        "sources": list(portrait.sources),
    }


def _score(points: Points | None, t: Texts) -> dict[str, str]:
    if points is None:
        return {"model": "", "banner": "", "text": t["no_points"], "peers": ""}
    model = f"{points.model} {points.version} · {t['coverage']} {plain(points.coverage)}%"
    if points.score is None:
        return {"model": model, "banner": points.banner, "text": f"{t['no_score']}{t['colon']}{t['sep'].join(points.reasons)}", "peers": ""}
    b = points.band
    band = "" if b is None else t.fill("band", b.low, b.high, b.best, b.worst)
    parts = [f"{points.text} / {plain(points.full)}", points.grade, points.rank, points.peer_place, band]
    who = t["peers"] + (f"{t['colon']}{points.peer_group}" if points.peer_group else "") if points.peer_group else t["peers_all"]
    reference = "" if points.reference is None else f" ({plain(points.reference)})"
    return {"model": model, "banner": points.banner, "text": " · ".join(p for p in parts if p), "peers": who + reference}


def bar(low: Decimal, high: Decimal) -> str:
    """Return shares in % as a bar of text: proven, open, the rest.

    >>> bar(Decimal(50), Decimal("62.5"))
    '█████▒░░░░'
    """
    sure, most = (int(half_up(x * _STEPS / 100, 0)) for x in (low, high))
    return "█" * sure + "▒" * (most - sure) + "░" * (_STEPS - most)


def _axis(axis: Axis) -> dict[str, str]:
    return {"label": axis.label, "weight": axis.weight, "bar": bar(axis.low, axis.high), "points": axis.points,
            "peers": "" if axis.peers is None else bar(axis.peers, axis.peers)}


def _line(line: Any) -> dict[str, str]:
    return {"label": line.label, "value": line.value, "points": line.points, "weight": line.weight, "added": plain(line.added),
            "versus": "" if line.versus is None else signed(line.versus), "next": line.next}


def _sums(points: Points, t: Texts) -> list[dict[str, str]]:
    """Return the last rows of the table: what is left over, and the sum."""
    rows = [(t["rest"], points.rest)] if points.rest else []
    rows += [(t["sum"], points.score[0])] if points.score else []
    return [{**dict.fromkeys(("value", "points", "weight", "versus", "next"), ""), "label": k, "added": plain(v)} for k, v in rows]


def _cells(series: Series) -> list[str]:
    return [c.text if c.growth is None else f"{c.text}（{signed(c.growth)}%）" for c in series.cells]


def _event(event: Any) -> dict[str, str]:
    return {"day": event.day.isoformat(), "kind": event.kind, "text": event.text}


def _sheet(sheet: Any) -> dict[str, Any]:
    return {"title": sheet.title, "heads": list(sheet.heads), "rows": [list(r) for r in sheet.rows],
            "note": " ".join(x for x in (sheet.note, sheet.total) if x)}
