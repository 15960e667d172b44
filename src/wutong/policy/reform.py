"""Back-test of drafts: changed policies beside those in force, over a whole registry, before anything is published.

Both versions stand in the same statements and share every column they have in common. Costs are given as the sure
amount, the possible amount, and an expectation for which missing data are drawn from companies of the same kind
(see :mod:`wutong.policy.completing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from wutong.backends.protocol import Backend, Tables
from wutong.errors import WutongError
from wutong.packs.model import Policy
from wutong.policy.comparing import MANUAL, Compare, Expected, Judged, Pair
from wutong.policy.completing import completed, generator
from wutong.policy.evaluate import Mode, Progress, evaluated, shipped_catalogue
from wutong.policy.groups import groupings
from wutong.policy.reform_model import Draft, Method, Reform

Ints = npt.NDArray[np.int64]
DRAFTS = 24
ROWS = 50_000
"""How many completed companies the expectation may decide; a larger registry is sampled."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: mode, backend, and the draws of the expectation (0 draws: none)."""

    mode: Mode = "interval"
    backend: Backend | None = None
    seed: str = "wutong"
    draws: int = 20
    manual: Decimal = Decimal("0.5")
    listed: bool = True
    """Keep the companies that move."""
    progress: Progress | None = None


def reform(
    tables: Tables, policies: Sequence[Policy], drafts: Sequence[Draft], on: date, options: Options | None = None
) -> Reform:
    """Decide every draft and what is in force for every company, and compare.

    Args:
        tables: the snapshot's tables by name.
        policies: the versions to apply; those not in force on `on` are left out.
        drafts: proposals; a policy counts as in force on `on` whatever dates it states.
        on: the date of assessment.
        options: mode, backend, draws.

    Raises:
        WutongError: R304 without a draft, R305 too many, F5xx for faulty rules.
    """
    if not any(d.policies for d in drafts):
        raise WutongError.of("R304")
    if len(drafts) > DRAFTS:
        raise WutongError.of("R305", count=len(drafts), most=DRAFTS)
    chosen = options or Options()
    in_force = [p for p in policies if p.in_force(on)]
    order = _order(in_force, drafts)
    judged = Judged(evaluated(
        tables, [p for _, p in order], on, chosen.mode, chosen.backend, lean=True, progress=chosen.progress))
    in_place = {c.policy.key: c for (n, _), c in zip(order, judged.policies, strict=True) if n < 0}
    pairs = [Pair(drafts[n], in_place.get(c.policy.key), c)
             for (n, _), c in zip(order, judged.policies, strict=True) if n >= 0]
    pairs.sort(key=lambda p: drafts.index(p.draft))
    companies = _sorted(tables["companies"])
    uncertain = judged.uncertain(pairs)
    expected, method = _expected(tables, order, drafts, on, chosen, uncertain)
    compare = Compare(judged, in_place, companies, groupings(companies, on, judged.sizes), expected, uncertain)
    changes = tuple(compare.change(pair, listed=chosen.listed) for pair in pairs)
    return Reform(on, companies.num_rows, tuple(drafts), changes, method)


def _order(in_force: Sequence[Policy], drafts: Sequence[Draft]) -> list[tuple[int, Policy]]:
    """Return what to decide: each policy in force (-1), after it its drafts, so that they share a statement."""
    order: list[tuple[int, Policy]] = []
    for policy in in_force:
        order.append((-1, policy))
        order += [(n, _now(d.policies[policy.key])) for n, d in enumerate(drafts) if policy.key in d.policies]
    known = {p.key for p in in_force}
    order += [(n, _now(p)) for n, d in enumerate(drafts) for key, p in d.policies.items() if key not in known]
    return order


def _now(policy: Policy) -> Policy:
    return replace(policy, start=None, end=None)


def _sorted(table: Any) -> pa.Table:
    """Return who the companies are and what groups them, in the order of results."""
    if isinstance(table, pa.Table):
        return table.sort_by("company")
    wanted = ["company", "name", "industry_section", "size_class", "registered_on"]
    have = set(pq.read_schema(table).names)
    return pq.read_table(table, columns=[n for n in wanted if n in have]).sort_by("company")


def _expected(
    tables: Tables, order: Sequence[tuple[int, Policy]], drafts: Sequence[Draft], on: date, options: Options,
    uncertain: Ints,
) -> tuple[Expected | None, Method | None]:
    touched = {key for d in drafts for key in d.policies}
    asked = [p for _, p in order if p.key in touched]
    if not options.draws or not any(p.benefits for p in asked) or not len(uncertain):
        return None, None
    draws = min(options.draws, max(1, ROWS // len(uncertain)))
    rows = _sample(uncertain, options.seed)
    method = Method(options.seed, draws, len(uncertain), len(rows), options.manual)
    whole = {n: t if isinstance(t, pa.Table) else pq.read_table(t) for n, t in tables.items() if n != "sources"}
    whole["companies"] = whole["companies"].sort_by("company")
    drawn = completed(whole, rows, shipped_catalogue(), options.seed, draws)
    judged = Judged(evaluated(drawn, asked, on, options.mode, options.backend, lean=True))
    totals, sampling = {}, {}
    place = [at for at, (_, p) in enumerate(order) if p.key in touched]
    for at, compiled in zip(place, judged.policies, strict=True):
        choice, verdict = judged.money(compiled), judged.verdict(compiled)
        hopeful = np.where(choice.open, choice.low, choice.high) * float(options.manual)
        paid = np.where(verdict == MANUAL, hopeful, choice.low).reshape(draws, len(rows))
        scale = len(uncertain) / len(rows)
        totals[f"p{at:02d}"] = paid.sum(axis=1) * scale
        missed = 1 - len(rows) / len(uncertain)
        sampling[f"p{at:02d}"] = float(len(uncertain) ** 2 * paid.mean(axis=0).var() / len(rows) * missed)
    return Expected(totals, sampling), method


def _sample(uncertain: Ints, seed: str) -> Ints:
    if len(uncertain) <= ROWS:
        return uncertain
    return np.sort(generator(f"{seed}:sample", 0).choice(uncertain, ROWS, replace=False))


