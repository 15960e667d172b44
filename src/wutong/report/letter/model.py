"""A letter as plain data: what text, HTML, Word and JSON are made from."""

from __future__ import annotations

from dataclasses import dataclass

from wutong.errors import Lang


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: its mark, the company's figures against it, and where it is written."""

    number: int
    title: str
    state: str
    """met | unmet | open | by_person | beside | beside_open."""
    mark: str
    figures: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its paragraphs."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A verdict letter to one company about one policy."""

    lang: Lang
    title: str
    marks: tuple[str, ...]
    """What must stand above everything else: demo data, draft."""
    to: str
    subject: str
    standing: str
    sections: tuple[Section, ...]
    clauses_heading: str
    clauses: tuple[Clause, ...]
    foot: str
    run: str
    issuer: str
    day: str
