"""Charts of a portrait as inline SVG: radar, bars beside the peers, columns over the years. No script, no style sheet.

Colours and fonts are attributes, because a printer of PDF does not hand the page's style down into a drawing.
Every figure drawn also stands as text beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from math import cos, pi, sin

from markupsafe import Markup

from wutong.portrait.model import Axis, Cell

GREEN, PALE, AMBER, GREY, INK, LINE, RED = "#2c7a5a", "#a9d0bf", "#c07a16", "#8b959c", "#1c2529", "#dfe5e2", "#ad3f38"
_FONT = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
_FEWEST = 3
"""A radar needs as many axes."""


def number(value: float) -> str:
    """Return a coordinate.

    >>> number(1.0), number(-0.001), number(2.345)
    ('1', '0', '2.35')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def radar(axes: Sequence[Axis], label: str) -> Markup:
    """Return shares of full points on a wheel: the company filled, the peers dashed; nothing for fewer than three axes."""
    if len(axes) < _FEWEST:
        return Markup("")
    size, radius = (430, 250), 88.0
    middle = (size[0] / 2, size[1] / 2)
    turns = [2 * pi * k / len(axes) - pi / 2 for k in range(len(axes))]

    def at(share: Decimal | int, turn: float) -> str:
        reach = radius * float(share) / 100
        return f"{number(middle[0] + reach * cos(turn))},{number(middle[1] + reach * sin(turn))}"

    rings = [f'<polygon points="{" ".join(at(p, t) for t in turns)}" fill="none" stroke="{LINE}"/>' for p in (25, 50, 75, 100)]
    spokes = [f'<polyline points="{at(0, t)} {at(100, t)}" fill="none" stroke="{LINE}"/>' for t in turns]
    shapes = []
    if any(a.high > a.low for a in axes):
        shapes.append(_shape([at(a.high, t) for a, t in zip(axes, turns, strict=True)], f'fill="{PALE}" fill-opacity="0.45" stroke="none"'))
    shapes.append(_shape([at(a.low, t) for a, t in zip(axes, turns, strict=True)], f'fill="{GREEN}" fill-opacity="0.3" stroke="{GREEN}" stroke-width="2"'))
    if all(a.peers is not None for a in axes):
        shapes.append(_shape([at(a.peers or 0, t) for a, t in zip(axes, turns, strict=True)], f'fill="none" stroke="{AMBER}" stroke-width="1.5" stroke-dasharray="5 3"'))
    names = [_name(axis.label, middle, radius + 12, turn) for axis, turn in zip(axes, turns, strict=True)]
    return _svg(size, label, [*rings, *spokes, *shapes, *names])


def _shape(points: Sequence[str], style: str) -> str:
    return f'<polygon points="{" ".join(points)}" {style}/>'


def _name(text: str, middle: tuple[float, float], reach: float, turn: float) -> str:
    side = cos(turn)
    anchor = "middle" if abs(side) < 0.2 else "start" if side > 0 else "end"
    return _text(middle[0] + reach * side, middle[1] + reach * sin(turn) + 4, text, anchor, 12)


def bar(axis: Axis, mark: str) -> Markup:
    """Return the share of full points as a bar: proven dark, open pale, the peers' median as a tick."""
    parts = [_rect(0, 3, 300, 10, "#edf0ef"), _rect(0, 3, 3 * float(axis.high), 10, PALE), _rect(0, 3, 3 * float(axis.low), 10, GREEN)]
    if axis.peers is not None:
        parts.append(_rect(min(3 * float(axis.peers), 297), 0, 3, 16, AMBER))
        mark = f"{mark} {axis.peers}%"
    return _svg((300, 16), f"{axis.label} {axis.low}%, {mark}", parts)


def columns(cells: Sequence[Cell], short: Sequence[str], label: str) -> Markup:
    """Return columns over the years with their values; below zero hangs down in red, an unknown year stays empty."""
    width, high = 220.0, 96.0
    values = [float(c.value) if c.value is not None else 0.0 for c in cells]
    top, low = max(0.0, *values), min(0.0, *values)
    scale = high / ((top - low) or 1.0)
    zero = 16 + top * scale
    step = width / max(len(cells), 2)
    parts = [f'<line x1="0" y1="{number(zero)}" x2="{number(width)}" y2="{number(zero)}" stroke="{GREY}" stroke-width="0.8"/>']
    for k, (cell, value, text) in enumerate(zip(cells, values, short, strict=True)):
        x, tall = step * (k + 0.5), abs(value) * scale
        if cell.value is not None:
            parts.append(_rect(x - min(step * 0.3, 17), zero - tall if value >= 0 else zero, min(step * 0.6, 34), tall, GREEN if value >= 0 else RED))
        # a value below zero is written above the line, where its column leaves room
        parts.append(_text(x, zero - (tall if value >= 0 else 0) - 4, text, "middle", 10.5, INK if cell.value is not None else GREY))
        parts.append(_text(x, 16 + high + 15, str(cell.year), "middle", 10.5, GREY))
    return _svg((width, 16 + high + 20), label, parts)


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" fill="{fill}"/>'


def _text(x: float, y: float, text: str, anchor: str, size: float, fill: str = INK) -> str:
    return (f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}" font-size="{size}" font-family="{_FONT}" '
            f'fill="{fill}">{escape(text)}</text>')


def _svg(size: tuple[float, float], label: str, parts: Sequence[str]) -> Markup:
    box = f"0 0 {number(size[0])} {number(size[1])}"
    return Markup(  # noqa: S704 - numbers are made here, the label and texts are escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{number(size[0])}" height="{number(size[1])}" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
