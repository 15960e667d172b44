"""Letters about the companies of golden cases, decided by the real engine under real policies.

``python tests/report/letters_made.py`` writes the golden letters anew; read what changed before it is committed.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from wutong.errors import Lang
from wutong.packs.cases import Case, case_tables, load_cases
from wutong.packs.loader import known_packs, pack_files
from wutong.policy.evaluate import evaluate, shipped_catalogue
from wutong.report.build import Builder
from wutong.report.labels import Labels
from wutong.report.letter import Letter, as_text, letter
from wutong.report.model import RunView
from wutong.report.policies import policy_view

NAME = "演示科技有限公司"


def cases(file: str) -> dict[str, Case]:
    """Return the golden cases of a policy file by name."""
    path = next(p for pack in known_packs() for p in pack_files(pack) if p.stem == file)
    return {c.name: c for c in load_cases(path.with_name(f"{file}.cases.yaml"))[1]}


def letter_of(file: str, on: date, facts: dict[str, object], lang: Lang = "zh", *, demo: bool = True) -> Letter:
    """Return the letter under a policy that ships to a company with these facts."""
    path = next(p for pack in known_packs() for p in pack_files(pack) if p.stem == file)
    policy, _ = load_cases(path.with_name(f"{file}.cases.yaml"))
    catalogue = shipped_catalogue()
    tables = case_tables([Case(NAME, on, facts, {})], catalogue)
    results = evaluate(tables, [policy], on, explain=True)
    company = Builder(results, Labels(tables, catalogue, on.year)).company(0)
    view = policy_view(results.policies[0], on, catalogue)
    run = RunView("0123456789ab", on, "interval", "0", "f" * 64, demo, (), (view,), (company,))
    return letter(run, company, view, lang)


ON = date(2026, 7, 1)
TSME, HNTE = "tsme-115-2017", "hnte-32-2016"


def _facts(file: str, case: str, **changed: object) -> dict[str, object]:
    facts = {**cases(file)[case].facts, **changed}
    return {k: v for k, v in facts.items() if v is not None}


def golden(name: str, lang: Lang) -> Letter:
    """Return one of the letters whose wording is kept in tests/report/letters."""
    made: dict[str, tuple[str, date, dict[str, object]]] = {
        "eligible": (TSME, ON, _facts(TSME, "满分")),
        "ineligible": (TSME, date(2026, 11, 1), _facts(TSME, "满分", 职工总数={2025: 620})),
        "unknown": (TSME, date(2026, 5, 20), _facts(TSME, "满分", 研发费用=None)),
        "manual": (HNTE, date(2026, 11, 1), _facts(HNTE, "71分待认定技术领域")),
        "near": (HNTE, date(2026, 11, 1), _facts(HNTE, "科技人员9.9%")),
        "money": ("htz-qualified-2024", date(2026, 11, 1), _facts("htz-qualified-2024", "新迁入并重新认定取30万元")),
    }
    file, on, facts = made[name]
    return letter_of(file, on, facts, lang)


NAMES = ("eligible", "ineligible", "unknown", "manual", "near", "money")
FOLDER = Path(__file__).parent / "letters"

if __name__ == "__main__":
    for name in NAMES:
        for lang in ("zh", "en"):
            (FOLDER / f"{name}.{lang}.txt").write_text(as_text(golden(name, lang)), "utf-8")  # type: ignore[arg-type]
    sys.exit(0)
