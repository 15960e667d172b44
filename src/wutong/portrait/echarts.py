"""Charts of a portrait as ECharts options: plain dicts for JSON, no functions, no HTML. For pages on the screen.

What prints without a script is drawn by `charts`; both show the same figures, which also stand as text beside them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wutong.portrait.charts import AMBER, GREEN, PALE, RED
from wutong.portrait.model import Axis, Points, Series
from wutong.portrait.texts import Texts

Options = dict[str, Any]
_WAN = Decimal(10_000)
_FEWEST = 3  # a wheel needs as many axes


def radar(points: Points, texts: Texts) -> Options | None:
    """Return the shares of full points, in %, on a wheel: proven, open, and the peers' median; None below three axes.

    The open part is drawn where data are missing, the peers where every axis has their median.
    """
    axes = points.axes
    if len(axes) < _FEWEST:
        return None
    rings = [_ring(texts["this"], [a.low for a in axes], GREEN, 0.3)]
    if any(a.high > a.low for a in axes):
        rings.insert(0, _ring(texts["open_part"], [a.high for a in axes], PALE, 0.45))
    if (peers := _peers(axes)) is not None:
        rings.append(_ring(texts["peers" if points.peer_group else "peers_all"], peers, AMBER, 0, dashed=True))
    return {
        "tooltip": {}, "legend": {"bottom": 0},
        "radar": {"indicator": [{"name": a.label, "max": 100} for a in axes], "radius": "62%", "center": ["50%", "46%"]},
        "series": [{"type": "radar", "symbolSize": 4, "data": rings}],
    }


def _peers(axes: tuple[Axis, ...]) -> list[Decimal] | None:
    known = [a.peers for a in axes if a.peers is not None]
    return known if len(known) == len(axes) else None


def _ring(name: str, shares: list[Decimal], colour: str, opacity: float, *, dashed: bool = False) -> Options:
    return {
        "name": name, "value": [float(s) for s in shares], "itemStyle": {"color": colour},
        "lineStyle": {"color": colour, "type": "dashed" if dashed else "solid"}, "areaStyle": {"color": colour, "opacity": opacity},
    }


def years(series: Series, texts: Texts) -> Options:
    """Return a yearly fact as columns, money in 万元; an unknown year stays empty, below zero is red."""
    money = series.unit == "元"
    values = [None if c.value is None else c.value / _WAN if money else c.value for c in series.cells]
    unit = texts["wan"] if money else series.unit
    return {
        "tooltip": {"trigger": "axis"}, "grid": {"left": 8, "right": 8, "top": 34, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": [str(c.year) for c in series.cells]},
        "yAxis": {"type": "value", "name": unit, "splitNumber": 3},
        "series": [{"type": "bar", "name": series.label, "barMaxWidth": 38, "data": [_column(v) for v in values]}],
    }


def _column(value: Decimal | None) -> Options | str:
    """Return a column; "-" is how ECharts writes that there is none."""
    return "-" if value is None else {"value": float(value), "itemStyle": {"color": GREEN if value >= 0 else RED}}
