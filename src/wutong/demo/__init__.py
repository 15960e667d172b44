"""The demo zone: 青岛高新区 with the companies a newspaper page names, and invented ones marked 演示数据."""

from __future__ import annotations

from pathlib import Path
from random import Random

from wutong.demo.details import add_details
from wutong.demo.early import add_early_stage
from wutong.demo.gaps import punch_gaps
from wutong.demo.invent import declare_size, fictional_code, invented_company
from wutong.demo.model import COUNTS, INVENTED, REAL, Company
from wutong.demo.real import real_companies
from wutong.demo.thresholds import ASSESSED, CASES, place_on_thresholds
from wutong.demo.workbook import write_workbook
from wutong.tables import Catalogue

__all__ = ["ASSESSED", "CASES", "COUNTS", "INVENTED", "REAL", "Company", "build", "companies", "fictional_code"]


def companies(seed: int = 2024) -> list[Company]:
    """Return the companies of the demo zone: the real ones first, then invented ones up to `COUNTS` per chain.

    The real software company belongs to neither chain, so the zone holds one company more than `COUNTS` adds to.
    """
    rng, real = Random(seed), real_companies()  # noqa: S311 - demo data, no secret
    made: list[Company] = []
    for chain, total in COUNTS.items():
        present = sum(c.facts["industry_chain"] == chain for c in real)
        made += [invented_company(rng, len(made) + i + 1, chain) for i in range(total - present)]
    for company in made:
        add_details(rng, company)
    place_on_thresholds(made)
    for company in made:
        declare_size(company)
    punch_gaps(rng, made)
    for company in made:
        add_early_stage(company)
    return [*real, *made]


def build(path: Path | str, seed: int = 2024) -> None:
    """Write the demo workbook to `path`; equal seeds give equal bytes.

    Real companies carry only what the page says, with its source on the sheet 来源; they have an internal number
    in place of the credit code the page does not print.
    """
    write_workbook(Path(path), companies(seed), Catalogue.load())
