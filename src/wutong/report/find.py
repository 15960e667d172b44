"""Finding a company or a policy of a run by what people type: code, name, or a part only one has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TypeVar

from wutong.errors import WutongError
from wutong.report.model import CompanyView, PolicyView, RunView

T = TypeVar("T")
_SHOWN = 6


def find_company(view: RunView, text: str) -> CompanyView:
    """Return the company meant by `text`. Raises WutongError C103 (none) or C104 (several)."""
    code = find_code([(c.code, c.name) for c in view.companies], text)
    return next(c for c in view.companies if c.code == code)


def find_code(companies: Sequence[tuple[str, str]], text: str) -> str:
    """Return the code of the company meant by `text` among pairs of code and name.

    Raises WutongError C103 (none) or C104 (several).
    """
    found = _matches(text, companies, lambda pair: pair)
    if len(found) == 1:
        return found[0][0]
    if found:
        raise WutongError.of("C104", text=text, count=len(found), names=_listed([name for _, name in found]))
    near = get_close_matches(text, [part for pair in companies for part in pair], n=3, cutoff=0.5)
    raise WutongError.of("C103", text=text, hint=" / ".join(near) + (" ?" if near else ""))


def find_policy(policies: Sequence[PolicyView], text: str) -> PolicyView:
    """Return the policy meant by `text`. Raises WutongError C105 (none) or C106 (several)."""
    found = _matches(text, policies, lambda p: (p.key, p.id, p.name_zh, p.name_en, f"{p.pack}.{p.id}"))
    if len(found) == 1:
        return found[0]
    if found:
        raise WutongError.of("C106", text=text, count=len(found), names=_listed([p.key for p in found]))
    raise WutongError.of("C105", text=text, names=_listed([f"{p.id}（{p.name_zh}）" for p in policies], len(policies)))


def _matches(text: str, items: Sequence[T], names: Callable[[T], tuple[str, ...]]) -> list[T]:
    """Return exact matches if there are any, else those with `text` inside a name."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    exact = [item for item in items if any(wanted == n.casefold() for n in names(item))]
    return exact or [item for item in items if any(wanted in n.casefold() for n in names(item))]


def _listed(names: list[str], shown: int = _SHOWN) -> str:
    return "、".join(names[:shown]) + (" …" if len(names) > shown else "")
