"""The points part of a portrait: the explanation of one company, peers, rank and its band, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wutong.points.compile import NONE, most
from wutong.points.explain import Explanation, Line, Reference, chosen_reference, explain
from wutong.points.model import Node, PointModel
from wutong.points.text import Words, plain, points_range, reason_texts, signed, step_text, value_text
from wutong.points.tree import ZERO, half_up, value_of
from wutong.portrait.company import share
from wutong.portrait.model import Axis, Band, Loss, PointLine, Points
from wutong.portrait.texts import Texts


@dataclass(frozen=True)
class Scored:
    """A zone that was scored: rows by company, references, what each indicator reads, bands where they were drawn."""

    model: PointModel
    rows: Mapping[str, Mapping[str, Any]]
    references: Mapping[int, Reference]
    uses: Mapping[str, frozenset[str]]
    run: str = ""
    bands: Mapping[str, Band] | None = None

    def explain(self, company: str) -> Explanation | None:
        """Explain one company, None if it is not among the scored."""
        row = self.rows.get(company)
        return None if row is None else explain(self.model, row, self.references)

    def points(self, found: Explanation, texts: Texts) -> Points:
        """Return the points of one company as a portrait says them."""
        words, model, row = Words(texts.lang), self.model, self.rows[found.company]
        none = found.status == NONE
        low, high = found.score
        lines = tuple(_line(model, x, found, words, texts) for x in found.lines)
        return Points(
            model=words.name(model), version=model.version, banner=words.of(model.banner, model.banner_en),
            score=None if none or low is None or high is None else (low, high), text=points_range(low, high), full=most(model),
            grade="" if found.grade[0] is None else words.name(found.grade[0]), coverage=found.coverage,
            rank=_rank(found, texts), peer_group=self._group(found, words), peer_place=_peers(found, texts),
            reference=None if found.reference_score is None else half_up(found.reference_score),
            band=(self.bands or {}).get(found.company), axes=() if none else self._axes(found, row, words),
            lines=lines, rest=ZERO if none or low is None else low - sum((x.added for x in lines), ZERO),
            losses=() if none else tuple(_loss(x, words) for x in found.losses),
            reasons=tuple(reason_texts(model, row, words)) if none else (),
        )

    def _group(self, found: Explanation, words: Words) -> str:
        """Return who the peers are: stage and sector, empty where the reference is everybody."""
        profile = found.profile
        if profile is None or found.reference_key != profile.key:
            return ""
        parts = [groups[at] for groups, at in ((self.model.stages, profile.stage), (self.model.sectors, profile.sector)) if groups]
        return " × ".join(words.name(p) for p in parts)

    def _axes(self, found: Explanation, row: Mapping[str, Any], words: Words) -> tuple[Axis, ...]:
        """Return the top nodes of the tree, in % of their full points, beside those of the reference."""
        profile = found.profile or self.model.profiles[0]
        reference = chosen_reference(found.profile, self.references)[1]
        lines = {x.indicator.code: x for x in found.lines}
        numbers = {n.code: k for k, n in enumerate(self.model.nodes)}
        made = []
        for child in self.model.root.children:
            if isinstance(child, Node):
                low, high = (row[f"n{numbers[child.code]}_{end}"] for end in ("lo", "hi"))
            else:
                low, high = lines[child.code].points
            peers = None if reference is None else share(value_of(self.model, profile, child, reference), child.max)
            weight = self.model.weight(child, profile)
            made.append(Axis(
                words.name(child), share(low, child.max), share(high, child.max), peers,
                f"{points_range(low, high)}/{plain(child.max)}", "" if weight is None else f"{plain(half_up(Decimal(weight) / 100))}%",
            ))
        return tuple(made)


def _rank(found: Explanation, texts: Texts) -> str:
    place = found.position
    if place is None:
        return ""
    if place.best == place.worst:
        return texts.fill("place", place.rank)
    return texts.fill("place_open", place.rank, place.best, place.worst)


def _peers(found: Explanation, texts: Texts) -> str:
    place = found.position
    if place is None or place.peers is None or place.peer_rank is None or place.peers == 1:
        return ""
    ahead = "" if place.ahead_of is None else texts.fill("peer_ahead", place.ahead_of)
    return texts.fill("peer_place", place.peers, place.peer_rank) + ahead


def _line(model: PointModel, line: Line, found: Explanation, words: Words, texts: Texts) -> PointLine:
    extra = "bonus" if line.indicator in model.bonus.items else "deduction" if line.indicator in model.deductions.items else ""
    return PointLine(
        label=words.name(line.indicator), value=value_text(line.indicator, *line.value, words),
        points=f"{points_range(*line.points)}/{plain(line.indicator.max)}",
        weight=texts[extra] if extra else f"{plain(half_up(line.share * 100))}%", added=half_up(line.added) + ZERO,
        versus=None if found.reference_score is None else half_up(line.versus) + ZERO, next=_next(line, words), known=line.known,
    )


def _next(line: Line, words: Words) -> str:
    gains = line.next is not None and half_up(line.next.total) > 0
    return "" if line.next is None or not gains else f"{step_text(line.indicator, line.next.step, words)} {signed(line.next.total)}"


def _loss(line: Line, words: Words) -> Loss:
    indicator = line.indicator
    return Loss(words.name(indicator), half_up(line.lost), words.of(indicator.advice, indicator.advice_en), _next(line, words))
