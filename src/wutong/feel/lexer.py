"""A scope-aware lexer for FEEL: names may hold blanks, operators, brackets and any script.

FEEL cannot be cut into tokens without knowing the names in scope: ``a-b`` is one name if such a name is
declared. The lexer is therefore pulled token by token and asks the scope of the moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal as OneOf

from wutong.errors import Place, WutongError
from wutong.values.units import Unit

Profile = OneOf["dmn", "policy"]
Kind = OneOf["number", "string", "name", "keyword", "op", "end"]

KEYWORDS = frozenset(
    ["if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between", "instance", "function", "true", "false", "null"]
)

#: Built-in functions whose names hold blanks: known everywhere, without being declared.
SPACED_FUNCTIONS = (
    "string length", "upper case", "lower case", "substring before", "substring after", "starts with",
    "ends with", "string join", "list contains", "insert before", "index of", "distinct values", "get value",
    "get entries", "context put", "context merge", "list replace", "date and time", "years and months duration",
    "day of year", "day of week", "month of year", "week of year", "round up", "round down", "round half up",
    "round half down", "met by", "overlaps before", "overlaps after", "finished by", "started by",
    "best of", "least of", "days between", "months between", "years between",
)
#: Properties of values whose names hold blanks.
SPACED_MEMBERS = ("time offset", "start included", "end included")

#: Units named in messages; any unit of `wutong.values.units` may follow a number in the policy profile.
COMMON_UNITS = ("元", "万元", "亿元", "%", "人", "件", "项", "分", "㎡", "亩", "年", "个月", "天")
_LONGEST_UNIT = 8

_WORD = r"[\w\U00010000-\U000EFFFF]"
_WORDS = re.compile(f"{_WORD}+")
_BLANK = re.compile(r"\s+")
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_SKIP = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_OPS = re.compile(r"\*\*|\.\.|<=|>=|!=|->|[-+*/=<>()\[\]{},:.@]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|([nrt'\"\\]))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "'": "'", '"': '"', "\\": "\\"}

#: Full-width and typographic signs people type in Chinese text, tolerated in the policy profile.
_FOLD = {ord(c): a for c, a in zip("（），：＋－＊／＝＜＞［］｛｝．×÷", "(),:+-*/=<>[]{}.*/", strict=True)}
_FOLD |= {0xFF10 + d: str(d) for d in range(10)} | {0x3000: " ", ord("≥"): ">=", ord("≤"): "<=", ord("≠"): "!="}
_FOLD_SINGLE = {sign: plain for sign, plain in _FOLD.items() if len(plain) == 1}
_QUOTES = {'"': '"', "“": "”", "＂": "＂"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `start` and `end` are offsets from 0 into the source."""

    kind: Kind
    text: str
    start: int
    end: int
    value: Decimal | str | None = None
    unit: str | None = None


def fold(text: str) -> str:
    """Return the text with full-width digits and signs in their ASCII form.

    >>> fold("（５≥３）")
    '(5>=3)'
    """
    return text.translate(_FOLD)


def pieces(text: str) -> tuple[str, ...]:
    """Cut a name into words and signs; a blank counts only between two words.

    >>> pieces("Employment   Status"), pieces("a - b")
    (('Employment', ' ', 'Status'), ('a', '-', 'b'))
    """
    found: list[str] = []
    position = 0
    while position < len(text):
        match = _WORDS.match(text, position)
        piece = match.group() if match else text[position]
        if not piece.isspace():
            blank = position > 0 and text[position - 1].isspace() and found
            if blank and match and _WORDS.fullmatch(found[-1]):
                found.append(" ")
            found.append(piece)
        position += len(piece)
    return tuple(found)


@dataclass(slots=True)
class _Branch:
    name: str | None = None
    next: dict[str, _Branch] = field(default_factory=dict)


class Names:
    """A set of names, matched against source text at a position, longest match first."""

    def __init__(self, names: Iterable[str] = (), *, folding: bool = False) -> None:
        self._root = _Branch()
        self.all: list[str] = []
        self._folding = folding
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Declare a name; an exactly written name wins over one that is equal only after folding."""
        name = " ".join(name.split())
        self.all.append(name)
        self._insert(pieces(name), name, override=True)
        if self._folding:
            self._insert(pieces(fold(name)), name, override=False)

    def _insert(self, parts: tuple[str, ...], name: str, *, override: bool) -> None:
        branch = self._root
        for part in parts:
            branch = branch.next.setdefault(part, _Branch())
        if override or branch.name is None:
            branch.name = name

    def match(self, text: str, start: int) -> tuple[int, str] | None:
        """Return (end, declared name) of the longest name at `start`, or None."""
        branch, position, best = self._root, start, None
        word_before = False
        while branch.next and position < len(text):
            blank = _BLANK.match(text, position)
            at = blank.end() if blank else position
            match = _WORDS.match(text, at)
            piece = match.group() if match else text[at:at + 1]
            if blank and word_before and match:
                if " " not in branch.next:
                    break
                branch = branch.next[" "]
            following = branch.next.get(piece) or (branch.next.get(fold(piece)) if self._folding else None)
            if following is None:
                break
            branch, position, word_before = following, at + len(piece), bool(match)
            if branch.name is not None:
                best = (position, branch.name)
        return best


_FUNCTIONS = Names(SPACED_FUNCTIONS)


def spot(text: str, start: int, place: Place | None = None) -> Place:
    """Return the place of offset `start` in an expression, counted from 1."""
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    return (place or Place()).merged(expression=text, line=line, offset=column)


class Lexer:
    """Cuts tokens off `text` on demand."""

    def __init__(self, text: str, profile: Profile = "dmn", place: Place | None = None) -> None:
        self.text = text
        self.profile = profile
        self.place = place
        #: Same length as `text`: only one-to-one signs are folded here, the rest in `_operator`.
        self._plain = text.translate(_FOLD_SINGLE) if profile == "policy" else text

    def error(self, code: str, start: int, **values: object) -> WutongError:
        """Return an error placed at an offset of this text."""
        return WutongError.of(code, spot(self.text, start, self.place), **values)

    def skip(self, position: int) -> int:
        """Return the offset after blanks and comments."""
        match = _SKIP.match(self._plain, position)
        end = match.end() if match else position
        if self._plain.startswith("/*", end):
            raise self.error("F103", end, what="/*", close="*/")
        return end

    def token(self, position: int, scope: list[Names]) -> Token:
        """Return the token at or after `position` under the names in scope."""
        start = self.skip(position)
        if start >= len(self.text):
            return Token("end", "", start, start)
        char = self.text[start]
        if char == '"' or (self.profile == "policy" and char in _QUOTES):
            return self._string(start)
        named = self._declared(start, scope)
        if self._plain[start].isascii() and (self._plain[start].isdigit() or _NUMBER.match(self._plain, start)):
            number = self._number(start, strict=named is None)
            return named if named and named.end > number.end else number
        return named or self._word(start) or self._operator(start)

    def word_at(self, start: int) -> str:
        """Return the word at an offset, or an empty text."""
        match = _WORDS.match(self.text, start)
        return match.group() if match else ""

    def sign_at(self, start: int) -> str:
        """Return the character at an offset, full-width forms folded in the policy profile."""
        return self._plain[start]

    def _declared(self, start: int, scope: list[Names]) -> Token | None:
        matches = [m for names in scope if (m := names.match(self.text, start))]
        best = max(matches, default=None, key=lambda m: m[0])
        built_in = _FUNCTIONS.match(self.text, start)
        if built_in and (best is None or built_in[0] > best[0]):
            called = self._plain.startswith("(", self.skip(built_in[0]))
            if called or best is None:
                best = built_in
        if best is None or best[1] in KEYWORDS:
            return None
        return Token("name", best[1], start, best[0])

    def _word(self, start: int) -> Token | None:
        if self.text[start] == "?":
            return Token("name", "?", start, start + 1)
        match = _WORDS.match(self.text, start)
        if not match:
            return None
        word = match.group()
        return Token("keyword" if word in KEYWORDS else "name", word, start, match.end())

    def _operator(self, start: int) -> Token:
        text = self._plain
        if self.profile == "policy" and (wide := fold(text[start])) in {">=", "<=", "!="}:
            return Token("op", wide, start, start + 1)
        match = _OPS.match(text, start)
        if not match:
            raise self.error("F104", start, found=text[start])
        return Token("op", match.group(), start, match.end())

    def _number(self, start: int, *, strict: bool) -> Token:
        match = _NUMBER.match(self._plain, start)
        if match is None:
            raise self.error("F104", start, found=self.text[start])
        try:
            value, end = Decimal(match.group()), match.end()
        except InvalidOperation:  # an exponent no decimal has
            raise self.error("F110", start, found=match.group()[:40]) from None
        if self.profile == "policy":
            return self._with_unit(start, end, value, strict=strict)
        return Token("number", match.group(), start, end, value)

    def _with_unit(self, start: int, end: int, value: Decimal, *, strict: bool) -> Token:
        sizes = range(min(_LONGEST_UNIT, len(self.text) - end), 0, -1)
        texts = (self.text[end:end + size] for size in sizes)
        unit = next((t for t in texts if not t[-1].isspace() and not t[0].isspace() and Unit.find(t)), "")
        stop = end + len(unit)
        word = _WORDS.match(self.text, end)
        if strict and word and word.end() > stop:
            raise self.error("F105", end, unit=word.group(), known=" ".join(COMMON_UNITS))
        return Token("number", self.text[start:stop], start, stop, value, unit.replace("％", "%") or None)

    def _string(self, start: int) -> Token:
        close = _QUOTES[self.text[start]]
        position = start + 1
        while position < len(self.text) and self.text[position] != close:
            position += 2 if self.text[position] == "\\" else 1
        if position >= len(self.text):
            raise self.error("F103", start, what=self.text[start], close=close)
        raw = self.text[start + 1:position]
        value = _ESCAPE.sub(_unescape, raw)
        return Token("string", raw, start, position + 1, _join_surrogates(value))


def _unescape(match: re.Match[str]) -> str:
    short, long, sign = match.groups()
    code = short or long
    return chr(int(code, 16)) if code and int(code, 16) < 0x110000 else _ESCAPES.get(sign or "", match.group())


def _join_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
