"""ECharts options of a portrait: plain JSON, the figures of the data, unknown left empty."""

from __future__ import annotations

import json
from decimal import Decimal

from wutong.portrait.charts import GREEN, RED
from wutong.portrait.echarts import radar, years
from wutong.portrait.model import Axis, Cell, Points, Series
from wutong.portrait.texts import Texts

ZH = Texts("zh")


def points(*axes: Axis, peer_group: str = "初创") -> Points:
    zero = Decimal(0)
    return Points("模型", "1", "", (zero, zero), "", Decimal(100), "", zero, "", peer_group, "", None, None, axes, (), zero, (), ())


def axis(label: str, low: int, high: int, peers: int | None) -> Axis:
    return Axis(label, Decimal(low), Decimal(high), None if peers is None else Decimal(peers), "", "")


def test_the_wheel_holds_what_is_proven_open_and_the_peers():
    made = radar(points(axis("甲", 10, 10, 5), axis("乙", 20, 60, 6), axis("丙", 30, 30, 7)), ZH)
    rings = made["series"][0]["data"]
    assert [(r["name"], r["value"]) for r in rings] == [
        (ZH["open_part"], [10.0, 60.0, 30.0]), (ZH["this"], [10.0, 20.0, 30.0]), (ZH["peers"], [5.0, 6.0, 7.0])]
    assert json.loads(json.dumps(made)) == made


def test_no_ring_for_what_is_not_known_and_no_wheel_of_two():
    made = radar(points(axis("甲", 10, 10, 5), axis("乙", 20, 20, None), axis("丙", 30, 30, 7)), ZH)
    assert [r["name"] for r in made["series"][0]["data"]] == [ZH["this"]]
    assert radar(points(axis("甲", 1, 1, 1), axis("乙", 1, 1, 1)), ZH) is None


def test_an_unknown_year_stays_empty_and_a_loss_is_red():
    cells = tuple(Cell(y, v, "", None, "") for y, v in ((2023, None), (2024, Decimal(-20000)), (2025, Decimal(15000))))
    made = years(Series("net_profit", "净利润", "元", cells), ZH)
    assert made["xAxis"]["data"] == ["2023", "2024", "2025"]
    assert made["yAxis"]["name"] == "万元"
    assert made["series"][0]["data"] == [
        "-", {"value": -2.0, "itemStyle": {"color": RED}}, {"value": 1.5, "itemStyle": {"color": GREEN}}]
