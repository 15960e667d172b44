"""A letter as text, HTML and Word; each ends in the same words, because each is made from the same data."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from wutong.report.letter.model import Letter
from wutong.report.word import filled

_MARKS = {"met": "✓", "unmet": "✗", "open": "?", "by_person": "✍", "beside": "–", "beside_open": "–"}


def as_text(letter: Letter) -> str:
    """Return the letter as plain text, one line per paragraph."""
    lines = [letter.title, "", *(f"【{m}】" for m in letter.marks), *([""] if letter.marks else []), letter.to, "", letter.subject]
    for section in letter.sections:
        lines += ["", section.heading, *(f"  {line}" for line in section.lines)]
    lines += ["", letter.clauses_heading]
    for clause in letter.clauses:
        lines.append(f"  {_MARKS[clause.state]} {clause.number}. {clause.title} — {clause.mark}")
        lines += [f"       {text}" for text in (*clause.figures, clause.basis) if text]
    lines += ["", letter.foot, letter.run, "", *([letter.issuer] if letter.issuer else []), letter.day]
    return "\n".join(lines) + "\n"


@cache
def _environment() -> Environment:
    loader = PackageLoader("wutong.report.letter", ".")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def as_html(letter: Letter) -> str:
    """Return the letter as one HTML page that needs nothing else; what comes from data is escaped."""
    return _environment().get_template("letter.html").render(letter=letter, marks=_MARKS)


def as_word(letter: Letter, template: bytes | None = None) -> bytes:
    """Return the letter as a Word file, from the template that ships or one of the zone's own (docxtpl).

    Raises WutongError C131 for a template that is no Word file or uses fields that do not exist.
    """
    return filled(template or word_template(), word_context(letter))


def word_template() -> bytes:
    """Return the Word template that ships."""
    return resources.files("wutong.report.letter").joinpath("letter.docx").read_bytes()


def word_context(letter: Letter) -> dict[str, Any]:
    """Return the fields a template may use: those of :class:`Letter`, sections with `heading` and `lines`."""
    known = asdict(letter)
    for clause in known["clauses"]:
        clause["sign"] = _MARKS[clause["state"]]
        clause["text"] = "\n".join(t for t in (*clause["figures"], clause["basis"]) if t)
    return known
