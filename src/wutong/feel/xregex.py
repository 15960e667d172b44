r"""Regular expressions as FEEL has them (XPath and XQuery Functions 3.1, 5.6.1), rewritten for other engines.

The pattern is read by the grammar of XML Schema, so what is no regular expression there is refused here, whatever
Python or RE2 would make of it; character classes become sets of code points, so ``\w``, ``\i``, ``\p{IsGreek}``
and ``[a-z-[aeiou]]`` mean the same everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from wutong.feel.xclasses import Ranges, caseless, complement, escaped, joined, minus, named

Target = Literal["python", "re2"]
FLAGS = frozenset("smixq")
_SINGLE = {"n": "\n", "r": "\r", "t": "\t", **{c: c for c in "\\|.?*+(){}-[]^$"}}
_CATEGORY = re.compile(r"\{(\w[\w-]*)\}")
_COUNT = re.compile(r"\{(\d+)(,(\d*))?\}")
#: repetitions RE2 takes, nested ones multiplied
_MAX_REPEAT = 1000
_MAX_PATTERN = 1000
_ANCHORS = frozenset(["^", "$", r"\Z", r"\z"])


class NoRegexError(ValueError):
    """The text is no regular expression; FEEL's answer is null."""


@dataclass(frozen=True, slots=True)
class Regex:
    """A pattern for one engine.

    `back` tells that it refers back to a group, `repeats` how often counted repetitions repeat at most, nested ones
    multiplied.
    """

    text: str
    groups: int
    back: bool = False
    repeats: int = 1


@lru_cache(maxsize=1024)
def read(pattern: str, flags: str = "", target: Target = "python") -> Regex:
    r"""Return a pattern rewritten for `target`; its flags are written into it.

    >>> read("a.c").text
    'a[^\\n\\r]c'
    >>> read("[a-e-[b]]+").text
    '[ac-e]+'

    Raises:
        NoRegexError: the pattern or a flag is none, or it has more than 1,000 characters.
    """
    if set(flags) - FLAGS or len(pattern) > _MAX_PATTERN:
        raise NoRegexError
    if "q" in flags:
        pattern = _quoted(pattern)
    reader = _Reader(_unspaced(pattern) if "x" in flags and "q" not in flags else pattern, flags, target)
    try:
        text = reader.branches()
    except RecursionError as deep:
        raise NoRegexError from deep
    if reader.at < len(reader.source):
        raise NoRegexError
    return Regex(("(?m)" if "m" in flags else "") + text, reader.groups, reader.back, reader.most)


def for_re2(pattern: str, flags: str = "") -> Regex | None:
    """Return a pattern for RE2, None where RE2 cannot do it: back-references, more than 1,000 repetitions.

    Raises:
        NoRegexError: it is no regular expression.
    """
    made = read(pattern, flags, "re2")
    return None if made.back or made.repeats > _MAX_REPEAT else made


def replacement(text: str, groups: int, flags: str = "") -> list[str | int]:
    r"""Return a replacement as literal texts and numbers of groups; a group the pattern lacks is left out.

    >>> replacement("<$1$2>\\$", 1)
    ['<', 1, '>', '$']

    Raises:
        NoRegexError: a ``$`` without a digit or a backslash before another character.
    """
    if "q" in flags:
        return [text]
    if re.search(r"^(?:[^\\$]|\\[\\$]|\$\d)*$", text, re.DOTALL) is None:
        raise NoRegexError
    parts: list[str | int] = []
    for literal, digits in re.findall(r"([^\\$]+|\\[\\$])|\$(\d+)", text):
        size = next((n for n in range(len(digits), 1, -1) if int(digits[:n]) <= groups), 1)
        if digits and int(digits[:size]) <= groups:
            parts.append(int(digits[:size]))
        parts.append(digits[size:] if digits else literal.removeprefix("\\") if literal[0] == "\\" else literal)
    return [p for p in parts if p != ""]


def _quoted(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\|.?*+(){}-[]^$" else c for c in text)


def _unspaced(pattern: str) -> str:
    """Drop blanks outside character classes (flag ``x``)."""
    made, depth, escape = [], 0, False
    for char in pattern:
        if char not in " \t\n\r" or depth:
            made.append(char)
            if not escape:
                depth += (char == "[") - (char == "]" and depth > 0)
            escape = char == "\\" and not escape
    return "".join(made)


@dataclass(slots=True)
class _Reader:
    """One pass over a pattern, writing as it reads."""

    source: str
    flags: str
    target: Target
    at: int = 0
    groups: int = 0
    closed: set[int] = field(default_factory=set)
    back: bool = False
    most: int = 1
    repeats: int = 1

    def peek(self) -> str:
        return self.source[self.at:self.at + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise NoRegexError
        self.at += 1
        return char

    def branches(self) -> str:
        made = [self.branch()]
        while self.peek() == "|":
            self.at += 1
            made.append(self.branch())
        return "|".join(made)

    def branch(self) -> str:
        made = []
        while self.peek() not in ("", "|", ")"):
            made.append(self.piece())
        return "".join(made)

    def piece(self) -> str:
        before = self.repeats
        self.repeats = 1
        atom = self.atom()
        inner = self.repeats
        quantifier = self.quantifier()
        self.repeats = max(before, inner * self.counted(quantifier))
        self.most = max(self.most, self.repeats)
        return f"(?:{atom}){quantifier}" if quantifier and atom in _ANCHORS else atom + quantifier

    @staticmethod
    def counted(quantifier: str) -> int:
        return max((int(n) for n in re.findall(r"\d+", quantifier)), default=1) or 1

    def quantifier(self) -> str:
        char = self.peek()
        if char and char in "?*+":
            self.at += 1
            made = char
        elif char == "{":
            found = _COUNT.match(self.source, self.at)
            if found is None or (found[3] and int(found[3]) < int(found[1])):
                raise NoRegexError
            self.at = found.end()
            made = found[0]
        else:
            return ""
        if self.peek() == "?":
            self.at += 1
            made += "?"
        return made

    def atom(self) -> str:
        char = self.take()
        match char:
            case "(":
                return self.group()
            case "[":
                return self.written(self.char_class())
            case "\\":
                return self.escape()
            case ".":
                return self.anything()
            case "$":
                return "$" if "m" in self.flags else {"python": r"\Z", "re2": r"\z"}[self.target]
            case "^":
                return char
            case _ if char in "?*+{}])":
                raise NoRegexError
        return self.literal(char)

    def literal(self, char: str) -> str:
        """Return one character as a pattern, with the flag ``i`` as the set of its variants."""
        ranges = caseless(((ord(char), ord(char)),)) if "i" in self.flags else ()
        if len(ranges) > 1:
            return self.written(ranges)
        return char if char.isalnum() or char.isspace() else re.escape(char)

    def anything(self) -> str:
        if "s" not in self.flags:
            return r"[^\n\r]"
        return "(?s:.)"

    def group(self) -> str:
        plain = self.source.startswith("?:", self.at)
        number = 0
        if plain:
            self.at += 2
        else:
            self.groups += 1
            number = self.groups
        inside = self.branches()
        if self.take() != ")":
            raise NoRegexError
        self.closed.add(number)
        return f"({'?:' if plain else ''}{inside})"

    def escape(self) -> str:
        char = self.take()
        if char.isascii() and char.isdigit():
            return self.reference(char)
        if char in _SINGLE:
            return "\\" + char
        return self.written(self.multiple(char))

    def reference(self, digits: str) -> str:
        if digits == "0":
            raise NoRegexError
        while self.peek().isdigit() and int(digits + self.peek()) <= self.groups:
            digits += self.take()
        if int(digits) not in self.closed:
            raise NoRegexError
        self.back = True
        return rf"(?{'i' if 'i' in self.flags else ''}:\{digits})"

    def multiple(self, char: str) -> Ranges:
        """Return the set of an escape that stands for many characters."""
        if char in "pP":
            found = _CATEGORY.match(self.source, self.at)
            ranges = named(found[1]) if found else None
            if found is None or ranges is None:
                raise NoRegexError
            self.at = found.end()
            return complement(ranges) if char == "P" else ranges
        ranges = escaped(char)
        if ranges is None:
            raise NoRegexError
        return ranges

    def char_class(self) -> Ranges:
        """Read a class after its opening bracket."""
        negative = self.peek() == "^"
        self.at += negative
        parts: list[tuple[int, int]] = []
        taken: Ranges = ()
        first = True
        while first or self.peek() != "]":
            if not first and self.source.startswith("-[", self.at):
                self.at += 2
                taken = self.char_class()
                if self.peek() != "]":
                    raise NoRegexError
                break
            found = self.member(first)
            parts += caseless(found) if "i" in self.flags and len(found) == 1 else found
            first = False
        self.at += 1
        whole = joined(parts)
        return minus(complement(whole) if negative else whole, taken)

    def member(self, first: bool) -> Ranges:
        char = self.take()
        if char in "[]" or (char == "-" and not first and self.peek() not in "]-"):
            raise NoRegexError
        if char == "\\":
            letter = self.take()
            if letter not in _SINGLE:
                return self.multiple(letter)
            char = _SINGLE[letter]
        low = high = ord(char)
        if self.peek() == "-" and self.source[self.at + 1:self.at + 2] not in ("]", "["):
            self.at += 1
            high = ord(self.single())
        if high < low:
            raise NoRegexError
        return ((low, high),)

    def single(self) -> str:
        char = self.take()
        if char == "\\":
            letter = self.take()
            if letter not in _SINGLE:
                raise NoRegexError
            return _SINGLE[letter]
        if char in "[]":
            raise NoRegexError
        return char

    def written(self, ranges: Ranges) -> str:
        """Return a class as text, negated where that is shorter; the empty one matches nothing."""
        other = complement(ranges)
        negative = len(other) < len(ranges)
        parts = [self.point(a) if a == b else f"{self.point(a)}{'-' if b > a + 1 else ''}{self.point(b)}"
                 for a, b in (other if negative else ranges)]
        if not parts:
            return "(?s:.)" if negative else r"[^\x00-\U0010FFFF]" if self.target == "python" else r"[^\x{0}-\x{10FFFF}]"
        return f"[{'^' if negative else ''}{''.join(parts)}]"

    def point(self, code: int) -> str:
        char = chr(code)
        if code < 128 and char.isalnum():
            return char
        if char in "\n\r\t":
            return {"\n": r"\n", "\r": r"\r", "\t": r"\t"}[char]
        return rf"\x{{{code:X}}}" if self.target == "re2" else rf"\U{code:08X}"


def matches_nothing(pattern: str, flags: str = "") -> bool:
    """Tell whether a pattern matches the empty text, which `replace` does not take."""
    return re.search(read(pattern, flags).text, "") is not None
