"""One company of the demo workbook as plain data, in stored units (元, 人, ㎡)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Value = str | int | bool | date | Decimal | None
Row = dict[str, Value]

REAL = "真实·来源见报"
INVENTED = "演示数据"
ZONE = "青岛高新区"
BIO = "生物医药及医疗器械"
INSTRUMENTS = "精密仪器仪表"
SOFTWARE = "软件与人工智能"
COUNTS = {BIO: 600, INSTRUMENTS: 26}
"""Companies per chain in the demo: the page says nearly 600 biomedical entities and 26 key instrument companies."""


@dataclass(slots=True)
class Company:
    """Facts by code, yearly facts by code and year, child rows by table code.

    `drive` from 0 to 1 is the hidden strength that ties growth, results and experts' points of an invented company.
    """

    facts: Row
    yearly: dict[tuple[str, int], Decimal] = field(default_factory=dict)
    children: dict[str, list[Row]] = field(default_factory=dict)
    drive: float = 0.5

    @property
    def real(self) -> bool:
        """Whether this is a company of the newspaper page."""
        return self.facts["data_nature"] == REAL


def money(yuan: float | Decimal) -> Decimal:
    """Return an amount in 元 rounded to whole hundreds, so that its 万元 figure has two decimals.

    >>> money(12345678.9)
    Decimal('12345700')
    """
    return Decimal(round(float(yuan) / 100)) * 100
