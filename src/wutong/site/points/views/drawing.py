"""Charts of points: plain ECharts options, in JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _t

from wutong.site.points.domain.queries.comparing import Shift

Options = dict[str, Any]
DOTS = 2_000
"""More dots than this a chart does not tell apart; then every n-th company is drawn."""
LINES = 12
RISE, FALL = "#0c5c50", "#a8443d"
GRID = {"left": 8, "right": 20, "top": 24, "bottom": 28, "containLabel": True}


def scatter(rows: Sequence[Shift]) -> Options:
    """Return the ranks of both runs as dots, the first places above on the right, with the line of no change."""
    step = len(rows) // DOTS + 1
    last = max((max(r.left_rank, r.right_rank) for r in rows), default=1)
    axis = {"type": "value", "inverse": True, "min": 1, "max": max(last, 2), "minInterval": 1, "splitNumber": 4}
    return {
        "tooltip": {"trigger": "item"}, "grid": {**GRID, "top": 34},
        "xAxis": {**axis, "name": _t("原名次"), "nameLocation": "middle", "nameGap": 26},
        "yAxis": {**axis, "name": _t("现名次"), "nameLocation": "start", "nameTextStyle": {"align": "left"}},
        "series": [{
            "type": "scatter", "symbolSize": 8 if len(rows) < DOTS // 10 else 4, "itemStyle": {"opacity": 0.7},
            "data": [{"name": r.name, "value": [r.left_rank, r.right_rank]} for r in rows[::step]],
            "markLine": {
                "silent": True, "symbol": "none", "lineStyle": {"color": "#8a7a52", "type": "dashed"},
                "data": [[{"coord": [1, 1]}, {"coord": [last, last]}]]},
        }],
    }


def slopes(rows: Sequence[Shift], days: tuple[str, str]) -> Options:
    """Return the ranks of those that moved most as lines from then to now; rows come with the largest shift first."""
    drawn = [r for r in rows[:LINES] if r.moved]
    return {
        "tooltip": {"trigger": "item"}, "grid": {**GRID, "left": 28, "right": 150, "bottom": 44},
        "xAxis": {"type": "category", "boundaryGap": False, "offset": 12, "axisLine": {"show": False}, "data": [f"{_t('原来')}\n{days[0]}", f"{_t('现在')}\n{days[1]}"]},
        "yAxis": {"type": "value", "inverse": True, "min": 1, "minInterval": 1, "splitNumber": 4},
        "series": [{
            "type": "line", "name": r.name, "data": [r.left_rank, r.right_rank], "symbolSize": 7,
            "itemStyle": {"color": RISE if r.moved > 0 else FALL}, "lineStyle": {"color": RISE if r.moved > 0 else FALL},
            "endLabel": {"show": True, "formatter": "{a}", "width": 136, "overflow": "truncate", "fontSize": 11},
            "labelLayout": {"moveOverlap": "shiftY"},
        } for r in drawn],
    }
