"""A Pratt parser for FEEL (OMG DMN 1.5, chapter 10), with exact positions and a depth limit.

``parse_expression`` reads an expression, ``parse_unary_tests`` the content of a decision table cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Iterator as Iterating
from contextlib import contextmanager
from typing import TypeVar

from wutong.errors import Place
from wutong.feel import ast
from wutong.feel.ast import Node, Span
from wutong.feel.cursor import END, EXPRESSION, NAME, Cursor
from wutong.feel.lexer import Names, Profile, Token
from wutong.feel.tree import depth
from wutong.feel.typeref import TypeReader

#: Depth of the finished tree, so that later recursive passes are safe too.
MAX_DEPTH = 160

_COMPARE = frozenset({"=", "!=", "<", "<=", ">", ">="})
_OR, _AND, _COMPARISON, _SUM, _PRODUCT, _POWER, _UNARY = range(1, 8)
_INFIX = {"or": _OR, "and": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}
_INFIX |= dict.fromkeys([*_COMPARE, "between", "in"], _COMPARISON)

T = TypeVar("T", bound=Node)


def parse_expression(
    text: str, *, names: Iterable[str] = (), members: Iterable[str] = (), profile: Profile = "dmn",
    place: Place | None = None,
) -> Node:
    """Parse a FEEL expression.

    `names` are the names in scope, `members` names known only after a dot or inside a filter; both may hold
    blanks, signs and any script. Raises WutongError F101–F109 with line and offset counted from 1.

    >>> parse_expression("a b + 1", names=["a b"])
    Binary(op='+', left=Name(name='a b'), right=Literal(value=Decimal('1'), unit=None))
    """
    return Parser(text, names, members, profile, place).whole(lambda p: p.expression())


def parse_unary_tests(
    text: str, *, names: Iterable[str] = (), members: Iterable[str] = (), profile: Profile = "dmn",
    place: Place | None = None,
) -> ast.UnaryTests:
    """Parse the tests of a decision table cell: ``-``, ``< 5``, ``[1..3], 7``, ``not("a")``, ``? > 2 and …``.

    Raises the same errors as `parse_expression`.
    """
    return Parser(text, names, members, profile, place).whole(lambda p: p.unary_tests())


class Parser(Cursor):
    """One parse of one text."""

    def __init__(
        self, text: str, names: Iterable[str], members: Iterable[str], profile: Profile, place: Place | None
    ) -> None:
        super().__init__(text, names, members, profile, place)
        self._no_filter = False
        self._types = TypeReader(self)

    @contextmanager
    def _inside(self, *, no_filter: bool = False) -> Iterating[None]:
        before, self._no_filter = self._no_filter, no_filter
        try:
            yield
        finally:
            self._no_filter = before

    # -- entry --------------------------------------------------------------------------------------

    def whole(self, read: Callable[[Parser], T]) -> T:
        """Read one thing and require the end of the text after it."""
        if self.ended():
            raise self.lexer.error("F108", 0)
        tree = read(self)
        if not self.ended():
            raise self.unexpected(END)
        if depth(tree) > MAX_DEPTH:
            raise self.lexer.error("F107", 0, limit=MAX_DEPTH)
        return tree

    def expression(self, binding: int = 0) -> Node:
        """Read an expression whose operators bind tighter than `binding`."""
        self.enter()
        start = self.ahead.start
        left = self._prefix()
        while (power := self._power()) > binding:
            left = self._infix(left, start, power)
        self.leave()
        return left

    def _power(self) -> int:
        token = self.ahead
        return _INFIX.get(token.text, 0) if token.kind in ("op", "keyword") else 0

    def _infix(self, left: Node, start: int, power: int) -> Node:
        op = self.take().text
        if op == "between":
            low = self.expression(_COMPARISON)
            self.expect("and")
            high = self.expression(_COMPARISON)
            return ast.Between(left, low, high, span=self.span(start))
        if op == "in":
            return ast.In(left, self._in_tests(), span=self.span(start))
        right = self.expression(power)
        return ast.Binary(op, left, right, span=self.span(start))

    # -- prefix -------------------------------------------------------------------------------------

    def _prefix(self) -> Node:
        token = self.ahead
        if token.kind == "keyword" and token.text in ("if", "for", "some", "every", "function"):
            return self._textual(token)
        if token.kind == "op" and token.text == "-":
            self.take()
            operand = self.expression(_POWER)
            return ast.Negate(operand, span=self.span(token.start))
        return self._postfix(self._primary(token), token.start)

    def _textual(self, token: Token) -> Node:
        self.take()
        if token.text == "if":
            return self._if(token.start)
        if token.text == "for":
            return self._for(token.start)
        if token.text == "function":
            return self._postfix(self._function(token.start), token.start)
        return self._quantified(token)

    def _primary(self, token: Token) -> Node:
        if token.kind in ("number", "string"):
            self.take()
            return ast.Literal(token.value, token.unit, span=self.span(token.start))
        if token.kind == "keyword" and token.text in ("true", "false", "null"):
            self.take()
            value = {"true": True, "false": False, "null": None}[token.text]
            return ast.Literal(value, span=self.span(token.start))
        if token.kind == "name":
            self.take()
            return ast.Name(token.text, span=self.span(token.start))
        if token.kind == "op" and token.text in ("(", "[", "]", "{", "@"):
            self.take()
            return self._bracketed(token)
        raise self.unexpected(EXPRESSION)

    def _bracketed(self, token: Token) -> Node:
        if token.text == "@":
            if self.ahead.kind != "string":
                raise self.unexpected('"…"')
            return ast.AtLiteral(str(self.take().value), span=self.span(token.start))
        with self._inside():
            if token.text == "{":
                return self._context(token.start)
            if token.text == "[":
                return self._list_or_range(token.start)
            if token.text == "]":
                return self._range_end(self.expression(_COMPARISON), token)
            return self._parenthesis(token)

    def _parenthesis(self, token: Token) -> Node:
        if self.at(*_COMPARE):
            test = self._comparison_test()
            self.expect(")")
            return _as_range(test, self.span(token.start))
        inner = self.expression()
        if self.at(".."):
            return self._range_end(inner, token)
        self.expect(")")
        return inner

    def _list_or_range(self, start: int) -> Node:
        items: list[Node] = []
        while not self.at("]"):
            items.append(self.expression())
            if len(items) == 1 and self.at(".."):
                return self._range_end(items[0], Token("op", "[", start, start + 1))
            if not self.accept(","):
                break
        self.expect("]")
        return ast.ListLiteral(tuple(items), span=self.span(start))

    def _range_end(self, low: Node, opening: Token) -> Node:
        self.expect("..")
        with self._inside(no_filter=True):
            high = self.expression(_COMPARISON)
        closing = self.expect("]", "[", ")")
        return ast.Range(low, high, opening.text == "[", closing.text == "]", span=self.span(opening.start))

    def _context(self, start: int) -> Node:
        entries: list[tuple[str, Node]] = []
        with self.names() as frame:
            while not self.at("}"):
                key = self._key()
                entries.append((key, self.expression()))
                frame.add(key)
                self.keys.add(key)
                if not self.accept(","):
                    break
                self.seek(self.position)
            self.expect("}")
        return ast.ContextLiteral(tuple(entries), span=self.span(start))

    def _key(self) -> str:
        if self.ahead.kind == "string":
            key = str(self.take().value)
            self.expect(":")
            return key
        return self.declared(":")

    # -- postfix ------------------------------------------------------------------------------------

    def _postfix(self, base: Node, start: int) -> Node:
        while True:
            if self.at("."):
                base = self._path(base, start)
            elif self.at("(") and _callable(base):
                base = self._call(base, start)
            elif self.at("[") and not self._no_filter:
                base = self._filter(base, start)
            elif self.at("instance"):
                base = self._instance(base, start)
            else:
                return base

    def _path(self, base: Node, start: int) -> Node:
        self.take()
        with self.within(self.members):
            token = self.ahead
            if token.kind not in ("name", "keyword"):
                raise self.unexpected(NAME)
            self.take()
        return ast.Path(base, token.text, span=self.span(start))

    def _call(self, function: Node, start: int) -> Node:
        self.take()
        with self._inside():
            arguments, names = self._arguments()
        return ast.Call(function, arguments, names, span=self.span(start))

    def _arguments(self) -> tuple[tuple[Node, ...], tuple[str, ...] | None]:
        arguments: list[Node] = []
        names: list[str] = []
        while not self.at(")"):
            begin = self.lexer.skip(self.position)
            if self.ahead.kind in ("name", "keyword") and self.name_end(begin, ":", ",", ")", "(") is not None:
                end = self.name_end(begin, ":")
                if end is not None:
                    names.append(self.declared(":"))
            arguments.append(self._argument())
            if names and len(names) != len(arguments):
                raise self.lexer.error("F109", begin)
            if not self.accept(","):
                break
        self.expect(")")
        return tuple(arguments), tuple(names) if names else None

    def _argument(self) -> Node:
        if self.at(*_COMPARE):
            start = self.ahead.start
            return _as_range(self._comparison_test(), self.span(start))
        return self.expression()

    def _filter(self, base: Node, start: int) -> Node:
        self.take()
        with self._inside(), self.names("item"), self.within([*self.scope, *self.members]):
            condition = self.expression()
        self.expect("]")
        return ast.Filter(base, condition, span=self.span(start))

    def _instance(self, base: Node, start: int) -> Node:
        self.take()
        if not self.word("of"):
            raise self.unexpected("of")
        kind = self._types.read()
        return ast.InstanceOf(base, kind, span=self.span(start))

    # -- textual expressions ------------------------------------------------------------------------

    def _if(self, start: int) -> Node:
        with self._inside():
            condition = self.expression()
            self.expect("then")
            yes = self.expression()
            self.expect("else")
        no = self.expression()
        return ast.If(condition, yes, no, span=self.span(start))

    def _iterators(self, frame: Names, end: str) -> tuple[ast.Iterator, ...]:
        iterators: list[ast.Iterator] = []
        while True:
            start = self.lexer.skip(self.position)
            name = self.declared("in")
            self.expect("in")
            source = self.expression()
            if self.accept(".."):
                high = self.expression()
                source = ast.Range(source, high, span=Span(source.span.start, high.span.end))
            iterators.append(ast.Iterator(name, source, span=self.span(start)))
            frame.add(name)
            self.seek(self.position)
            if not self.accept(","):
                self.expect(end)
                return tuple(iterators)

    def _for(self, start: int) -> Node:
        with self.names() as frame:
            iterators = self._iterators(frame, "return")
            frame.add("partial")
            body = self.expression()
        return ast.For(iterators, body, span=self.span(start))

    def _quantified(self, token: Token) -> Node:
        with self.names() as frame:
            iterators = self._iterators(frame, "satisfies")
            condition = self.expression()
        return ast.Quantified(token.text, iterators, condition, span=self.span(token.start))

    def _function(self, start: int) -> Node:
        self.expect("(")
        parameters: list[tuple[str, ast.TypeRef | None]] = []
        while not self.at(")"):
            name = self.declared(":", ",", ")")
            kind = self._types.read() if self.accept(":") else None
            parameters.append((name, kind))
            if not self.accept(","):
                break
        self.expect(")")
        with self.names(*(name for name, _ in parameters)):
            external = self.word("external")
            body = self.expression()
        return ast.FunctionLiteral(tuple(parameters), body, external, span=self.span(start))

    # -- tests --------------------------------------------------------------------------------------

    def _comparison_test(self) -> ast.UnaryTest:
        token = self.expect(*sorted(_COMPARE))
        return ast.UnaryTest(token.text, self.expression(_COMPARISON), span=self.span(token.start))

    def _in_tests(self) -> tuple[Node, ...]:
        if not self.at("("):
            return (self._comparison_test() if self.at(*_COMPARE) else self.expression(_COMPARISON),)
        opening = self.take()
        with self._inside():
            tests = self._tests()
        if len(tests) == 1 and self.at(".."):
            with self._inside():
                return (self._range_end(tests[0], opening),)
        self.expect(")")
        return tests

    def _tests(self) -> tuple[Node, ...]:
        tests = [self._test()]
        while self.accept(","):
            tests.append(self._test())
        return tuple(tests)

    def _test(self) -> Node:
        return self._comparison_test() if self.at(*_COMPARE) else self.expression()

    def unary_tests(self) -> ast.UnaryTests:
        """Read the tests of a cell."""
        start = self.ahead.start
        if self.at("-"):
            self.take()
            if self.ended():
                return ast.UnaryTests((ast.AnyTest(span=self.span(start)),), span=self.span(start))
            self.seek(start)
        if negated := self._negated(start):
            return negated
        tests = self._tests()
        return ast.UnaryTests(tests, span=self.span(start))

    def _negated(self, start: int) -> ast.UnaryTests | None:
        if not self.word("not"):
            return None
        if self.accept("("):
            tests = self._tests()
            if self.accept(")") and self.ended():
                return ast.UnaryTests(tests, True, span=self.span(start))
        self.seek(start)
        return None


def _callable(base: Node) -> bool:
    return not isinstance(base, (ast.Literal, ast.AtLiteral))


def _as_range(test: ast.UnaryTest, span: Span) -> Node:
    """A comparison in brackets is a value: a range open on one side (DMN 1.5, 10.3.2.7)."""
    if test.op in ("<", "<="):
        return ast.Range(None, test.value, False, test.op == "<=", span=span)
    if test.op in (">", ">="):
        return ast.Range(test.value, None, test.op == ">=", False, span=span)
    return ast.UnaryTest(test.op, test.value, span=span)
