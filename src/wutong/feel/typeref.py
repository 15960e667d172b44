"""Reading FEEL type names: ``number``, ``list<string>``, ``context<a: number>``, ``function<a, b> -> c``."""

from __future__ import annotations

from wutong.feel.ast import TypeRef
from wutong.feel.cursor import TYPE, Cursor

_SPACED = ("date and time", "days and time duration", "years and months duration", "day and time duration",
           "year and month duration")


class TypeReader:
    """Reads type references off a parser's tokens."""

    def __init__(self, parser: Cursor) -> None:
        self._parser = parser

    def read(self) -> TypeRef:
        """Read one type; raises F101/F102 where none stands."""
        parser = self._parser
        parser.enter()
        with parser.names(*_SPACED):
            start = parser.ahead.start
            name = self._name()
            arguments: tuple[TypeRef, ...] = ()
            fields: tuple[tuple[str, TypeRef], ...] = ()
            result: TypeRef | None = None
            if name in ("list", "range", "function", "context") and parser.accept("<"):
                if name == "context":
                    fields = self._fields()
                else:
                    arguments = self._arguments()
                parser.expect(">")
                if name == "function":
                    parser.expect("->")
                    result = self.read()
        parser.leave()
        return TypeRef(name, arguments, fields, result, span=parser.span(start))

    def _name(self) -> str:
        parser = self._parser
        if not (parser.ahead.kind == "name" or parser.at("function", "null")):
            raise parser.unexpected(TYPE)
        name = parser.take().text
        while parser.accept("."):
            if parser.ahead.kind != "name":
                raise parser.unexpected(TYPE)
            name += "." + parser.take().text
        return name

    def _arguments(self) -> tuple[TypeRef, ...]:
        if self._parser.at(">"):
            return ()
        items = [self.read()]
        while self._parser.accept(","):
            items.append(self.read())
        return tuple(items)

    def _fields(self) -> tuple[tuple[str, TypeRef], ...]:
        found: list[tuple[str, TypeRef]] = []
        while not self._parser.at(">"):
            found.append((self._parser.declared(":"), self.read()))
            if not self._parser.accept(","):
                break
        return tuple(found)
