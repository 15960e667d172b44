"""Verdict letters: one company, one policy, in plain words; as text, HTML, Word and data."""

from wutong.report.letter.model import Clause, Letter, Section
from wutong.report.letter.render import as_html, as_text, as_word, word_template
from wutong.report.letter.write import letter

__all__ = ["Clause", "Letter", "Section", "as_html", "as_text", "as_word", "letter", "word_template"]
