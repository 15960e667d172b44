"""Tags: short marks, each by a stated rule and with the figures that made it true. Unknown gives no tag."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from wutong.portrait.company import Company, growth_of, share, whole_months
from wutong.portrait.model import Tag
from wutong.report.format import plain
from wutong.report.model import CompanyView, RunView

INTENSE, FAST, DEBT = Decimal(10), Decimal(20), Decimal(70)
"""From how many % on R&D is intense, growth (or decline) fast, leverage high."""
YOUNG = 36


def tags(company: Company, view: CompanyView, run: RunView) -> tuple[Tag, ...]:
    """Return the tags of a company: what it is, what it does well, what a bank would ask about."""
    return tuple(tag for rule in (_size, _titles, _age, _figures, _lists, _warnings) for tag in rule(company, view, run))


def _size(company: Company, view: CompanyView, run: RunView) -> Iterator[Tag]:
    for policy in run.policies:
        verdict = view.verdicts.get(policy.key)
        if policy.kind == "class" and verdict is not None and verdict.outcome:
            name = company.texts.name(policy.name_zh, policy.name_en)
            yield Tag(verdict.outcome, company.texts.fill("t_size_why", name))


def _titles(company: Company, _view: CompanyView, _run: RunView) -> Iterator[Tag]:
    seen = set()
    for row in company.rows("certificates"):
        until, kind = row.get("valid_until"), row.get("type")
        if not kind or kind in seen or (until is not None and until < company.on):
            continue
        seen.add(kind)
        number = row.get("number") or company.texts["certificates"]
        why = company.texts.fill("in_force_tag", number, until) if until else company.texts.fill("no_validity", number)
        yield Tag(kind, why, "good" if until else "plain")


def _age(company: Company, _view: CompanyView, _run: RunView) -> Iterator[Tag]:
    since = company.value("registered_on")
    if since is not None and whole_months(since, company.on) < YOUNG:
        yield Tag(company.texts["t_young"], f"{company.texts['registered']} {since}")
    if company.value("rehab_product") is True:
        yield Tag(company.texts["t_rehab"], company.texts["t_rehab_why"])
    if company.value("carrier"):
        yield Tag(company.texts["t_carrier"], str(company.value("carrier")))


def _figures(company: Company, _view: CompanyView, _run: RunView) -> Iterator[Tag]:
    say, year = company.texts, company.on.year - 1
    revenue, rd, profit = (company.yearly(f, 1) for f in ("revenue", "rd_cost", "net_profit"))
    if revenue and rd is not None and 100 * rd >= INTENSE * revenue:
        yield Tag(say["t_rd"], say.fill("t_rd_why", year, company.money(rd), company.money(revenue), plain(share(rd, revenue))), "good")
    before = company.yearly("revenue", 2)
    growth = growth_of(before, revenue)
    # thresholds hold for the exact figures, not for the rounded ones that are shown
    change = None if growth is None or before is None or revenue is None else 100 * (revenue - before) / before
    if change is not None and change >= FAST:
        yield Tag(say["t_growth"], say.fill("t_growth_why", year, f"{growth:+}"), "good")
    if change is not None and change <= -FAST:
        yield Tag(say["t_shrink"], say.fill("t_shrink_why", year, f"{growth:+}"), "warn")
    if profit is not None and profit < 0:
        yield Tag(say["t_loss"], say.fill("t_loss_why", year, company.money(profit)), "warn")
    assets, debt = company.yearly("assets", 1), company.yearly("liabilities", 1)
    if assets and debt is not None and 100 * debt >= DEBT * assets:
        yield Tag(say["t_debt"], say.fill("t_debt_why", year, company.money(debt), company.money(assets), plain(share(debt, assets))), "warn")


def _lists(company: Company, _view: CompanyView, _run: RunView) -> Iterator[Tag]:
    for child, key, fields in (("financing", "t_funded", ("round", "paid_on")), ("contests", "t_contest", ("contest", "prize")),
                               ("platforms", "t_platform", ("level", "kind"))):
        rows = company.rows(child)
        if rows:
            named = [" ".join(str(r[f]) for f in fields if r.get(f)) for r in rows]
            yield Tag(company.texts[key], company.texts["comma"].join(dict.fromkeys(n for n in named if n)), "good")


def _warnings(company: Company, _view: CompanyView, _run: RunView) -> Iterator[Tag]:
    say = company.texts
    for row in company.rows("incidents"):
        yield Tag(say["t_incident"], " ".join(str(x) for x in (row.get("type"), row.get("happened_on")) if x), "warn")
    for column, key in (("on_abnormal_list", "abnormal"), ("on_violation_list", "violation")):
        if company.value(column) is True:
            yield Tag(say[f"t_{key}"], say[f"t_{key}_why"], "warn")
