"""Composite indices: the steps of the OECD/JRC handbook on plain arrays.

Definitions follow COINr 1.1.14 (W. Becker, JOSS 7(78), 4567) where it defines a step, and the cited paper elsewhere.
Every table is units × indicators in double precision; a missing value is NaN and stays missing until a step says
how it is filled.
"""

from __future__ import annotations

from wutong.composite.framework import Framework, Node
from wutong.composite.table import Table

__all__ = ["Framework", "Node", "Table"]
