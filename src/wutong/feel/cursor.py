"""A cursor over the tokens of one text: what may come next depends on the names in scope at that moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import lru_cache

from wutong.errors import Place, WutongError
from wutong.feel.ast import Span
from wutong.feel.lexer import SPACED_MEMBERS, Lexer, Names, Profile, Token
from wutong.values.units import Unit

#: What a message says is expected, in both languages at once.
EXPRESSION, NAME, TYPE, END = "表达式 (expression)", "名称 (name)", "类型 (type)", "运算符或结尾 (operator or end)"

#: Nested expressions followed; deeper input is refused before Python's own stack ends.
MAX_NESTING = 80

#: Signs that no declared name holds.
_NO_NAME = frozenset('()[]{},:"@<>=!?')


@lru_cache(maxsize=64)
def _names(names: tuple[str, ...], folding: bool) -> Names:
    return Names(names, folding=folding)


class Cursor:
    """One text, the position in it and the names in scope."""

    def __init__(
        self, text: str, names: Iterable[str], members: Iterable[str], profile: Profile, place: Place | None
    ) -> None:
        self.lexer = Lexer(text, profile, place)
        self.folding = profile == "policy"
        self.scope: list[Names] = [_names(tuple(names), self.folding)]
        self.keys = Names(folding=self.folding)
        self.members = [_names(SPACED_MEMBERS, False), _names(tuple(members), self.folding), self.keys]
        self.position = 0
        self._ahead: Token | None = None
        self._last = 0
        self._depth = 0

    def enter(self) -> None:
        """Go one level deeper, or raise F107; to be followed by `leave`."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self.lexer.error("F107", self.position, limit=MAX_NESTING)

    def leave(self) -> None:
        """Come back from a level."""
        self._depth -= 1

    @property
    def ahead(self) -> Token:
        """The next token under the scope of the moment."""
        if self._ahead is None:
            self._ahead = self.lexer.token(self.position, self.scope)
        return self._ahead

    def take(self) -> Token:
        """Consume and return the next token."""
        token = self.ahead
        self.seek(token.end)
        self._last = token.end
        return token

    def seek(self, position: int) -> None:
        """Go to an offset; the token ahead is read again, since the scope may have changed."""
        self.position, self._ahead = position, None

    def ended(self) -> bool:
        """Tell whether nothing is left."""
        return self.ahead.kind == "end"

    def at(self, *texts: str) -> bool:
        """Tell whether the next token is one of these signs or keywords."""
        return self.ahead.kind in ("op", "keyword") and self.ahead.text in texts

    def accept(self, *texts: str) -> Token | None:
        """Consume the next token if it is one of these signs or keywords."""
        return self.take() if self.at(*texts) else None

    def expect(self, *texts: str) -> Token:
        """Consume one of these signs or keywords, or raise F101/F102/F106."""
        if not self.at(*texts):
            raise self.unexpected(" ".join(texts))
        return self.take()

    def word(self, text: str) -> bool:
        """Consume a bare word that is no keyword of the lexer (``of``, ``external``)."""
        if self.ahead.kind == "name" and self.ahead.text == text:
            self.take()
            return True
        return False

    def unexpected(self, expected: str) -> WutongError:
        """Return the error for the token ahead."""
        token = self.ahead
        if token.kind == "end":
            return self.lexer.error("F102", token.start, expected=expected)
        guess = self._guess(token)
        if guess:
            return self.lexer.error("F106", token.start, found=token.text, guess=guess)
        return self.lexer.error("F101", token.start, found=token.text, expected=expected)

    def _guess(self, token: Token) -> str | None:
        if token.kind != "name":
            return None
        known = [name for names in [*self.scope, *self.members] for name in names.all]
        before = self.lexer.text[:token.start].rstrip().split(" ")[-1]
        if self.folding and before[-1:].isdigit() and Unit.find(token.text):
            return before + token.text
        for text in (f"{before}{token.text}", f"{before} {token.text}", token.text):
            if found := get_close_matches(text, known, 1, 0.7):
                return found[0]
        return None

    def span(self, start: int) -> Span:
        """Return the span from `start` to the end of the last token taken."""
        return Span(start, self._last)

    @contextmanager
    def names(self, *names: str) -> Iterator[Names]:
        """Put names into scope for a while; more may be added to what is yielded."""
        frame = Names(names, folding=self.folding)
        with self.within([*self.scope, frame]):
            yield frame

    @contextmanager
    def within(self, scope: list[Names]) -> Iterator[None]:
        """Read under another scope for a while."""
        before, self.scope = self.scope, scope
        self.seek(self.position)
        try:
            yield
        finally:
            self.scope = before
            self.seek(self.position)

    def declared(self, *ends: str) -> str:
        """Read a name that is being declared, up to one of the ends; only a sign end is consumed if ':'."""
        start = self.lexer.skip(self.position)
        end = self.name_end(start, *ends)
        if end is None or not (name := " ".join(self.lexer.text[start:end].split())):
            raise self.unexpected(NAME)
        self.seek(end)
        self._last = end
        if ends == (":",):
            self.expect(":")
        return name

    def name_end(self, start: int, *ends: str) -> int | None:
        """Return where a declared name starting at `start` ends, or None if none of `ends` follows it.

        Full-width brackets belong to the name: ``营业收入（万元）``.
        """
        position = start
        while (at := self.lexer.skip(position)) < len(self.lexer.text):
            word = self.lexer.word_at(at)
            found = word or self.lexer.sign_at(at)
            if found in ends and at > start:
                return self._last_of(start, at)
            if not word and found in _NO_NAME and self.lexer.text[at] not in "（）":
                return None
            position = at + len(found)
        return None

    def _last_of(self, start: int, end: int) -> int:
        return start + len(self.lexer.text[start:end].rstrip())
