"""FEEL text from a syntax tree; ``parse(to_text(tree)) == tree`` for every tree the parser can build.

The names and members of the tree must be given to the parser again if they are not single words.
"""

from __future__ import annotations

import re
from decimal import Decimal

from wutong.feel import ast
from wutong.feel.ast import Node
from wutong.feel.lexer import KEYWORDS

_TEXTUAL, _OR, _AND, _COMPARISON, _SUM, _PRODUCT, _POWER, _UNARY, _POSTFIX = range(9)
_LEVEL = {"or": _OR, "and": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_SIMPLE_KEY = re.compile(r"[^\W\d]\w*")
_VALUE_TEXTS: dict[bool | None, str] = {True: "true", False: "false", None: "null"}


def to_text(node: Node) -> str:
    """Return the FEEL text of a tree, with no more brackets than needed.

    >>> from wutong.feel.parser import parse_expression
    >>> to_text(parse_expression("(1+2)*x in (<3,[1..2))"))
    '(1 + 2) * x in (< 3, [1..2))'
    """
    if isinstance(node, ast.UnaryTests):
        return _unary_tests(node)
    return _text(node, _TEXTUAL)


def _text(node: Node, level: int) -> str:
    text, own = _print(node)
    return f"({text})" if own < level else text


def _print(node: Node) -> tuple[str, int]:
    """Return the text and how tightly it binds."""
    match node:
        case ast.Binary(op, left, right):
            own = _LEVEL.get(op, _COMPARISON)
            return f"{_text(left, own)} {op} {_text(right, own + 1)}", own
        case ast.Between(value, low, high):
            ends = f"{_text(low, _SUM)} and {_text(high, _SUM)}"
            return f"{_text(value, _COMPARISON)} between {ends}", _COMPARISON
        case ast.In(value, tests):
            return f"{_text(value, _COMPARISON)} in ({', '.join(map(_test, tests))})", _COMPARISON
        case ast.Negate(operand):
            return f"-{_text(operand, _UNARY)}", _UNARY
        case ast.If() | ast.For() | ast.Quantified() | ast.FunctionLiteral():
            return _textual(node), _TEXTUAL
        case ast.InstanceOf():
            # Names of types hold dots, so nothing may follow one without brackets.
            return _postfix(node), _UNARY
        case ast.Path() | ast.Filter() | ast.Call():
            return _postfix(node), _POSTFIX
    return _primary(node), _POSTFIX


def _textual(node: Node) -> str:
    match node:
        case ast.If(condition, yes, no):
            return f"if {to_text(condition)} then {to_text(yes)} else {to_text(no)}"
        case ast.For(iterators, body):
            return f"for {_iterators(iterators)} return {to_text(body)}"
        case ast.Quantified(kind, iterators, condition):
            return f"{kind} {_iterators(iterators)} satisfies {to_text(condition)}"
        case ast.FunctionLiteral(parameters, body, external):
            heads = [f"{name}: {type_text(kind)}" if kind else name for name, kind in parameters]
            return f"function({', '.join(heads)}) {'external ' if external else ''}{to_text(body)}"
    raise TypeError(type(node).__name__)


def _iterators(iterators: tuple[ast.Iterator, ...]) -> str:
    return ", ".join(f"{i.name} in {to_text(i.source)}" for i in iterators)


def _postfix(node: Node) -> str:
    match node:
        case ast.Path(base, name):
            return f"{_text(base, _POSTFIX)}.{name}"
        case ast.Filter(base, condition):
            return f"{_text(base, _POSTFIX)}[{to_text(condition)}]"
        case ast.InstanceOf(value, kind):
            return f"{_text(value, _POSTFIX)} instance of {type_text(kind)}"
        case ast.Call(function, arguments, names):
            texts = [to_text(a) for a in arguments]
            if names is not None:
                texts = [f"{n}: {t}" for n, t in zip(names, texts, strict=True)]
            return f"{_text(function, _POSTFIX)}({', '.join(texts)})"
    raise TypeError(type(node).__name__)


def _primary(node: Node) -> str:
    match node:
        case ast.Literal(value, unit):
            return _literal(value) + (unit or "")
        case ast.AtLiteral(text):
            return f"@{_quote(text)}"
        case ast.Name(name):
            return name
        case ast.ListLiteral(items):
            return f"[{', '.join(map(to_text, items))}]"
        case ast.ContextLiteral(entries):
            return "{" + ", ".join(f"{_key(k)}: {to_text(v)}" for k, v in entries) + "}"
        case ast.Range():
            return _range(node)
        case ast.UnaryTest(op, value):
            return f"({op} {_text(value, _SUM)})"
    return "-"


def _literal(value: Decimal | str | bool | None) -> str:
    if isinstance(value, bool) or value is None:
        return _VALUE_TEXTS[value]
    if isinstance(value, str):
        return _quote(value)
    exponent = value.as_tuple().exponent
    return format(value, "f") if isinstance(exponent, int) and abs(exponent) < 60 else str(value)


def _quote(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'


def _key(key: str) -> str:
    return key if _SIMPLE_KEY.fullmatch(key) and key not in KEYWORDS else _quote(key)


def _range(node: ast.Range) -> str:
    if node.low is None or node.high is None:
        end, below = (node.high, True) if node.low is None else (node.low, False)
        closed = node.high_closed if below else node.low_closed
        return f"({'<' if below else '>'}{'=' if closed else ''} {_text(end, _SUM) if end else 'null'})"
    opening, closing = "[" if node.low_closed else "(", "]" if node.high_closed else ")"
    return f"{opening}{_end(node.low)}..{_end(node.high)}{closing}"


def _end(node: Node) -> str:
    inner = node.operand if isinstance(node, ast.Negate) else node
    simple = isinstance(inner, (ast.Literal, ast.AtLiteral, ast.Name))
    return to_text(node) if simple else f"({to_text(node)})"


def _test(node: Node) -> str:
    if isinstance(node, ast.UnaryTest):
        return f"{node.op} {_text(node.value, _SUM)}"
    return to_text(node)


def _unary_tests(node: ast.UnaryTests) -> str:
    texts = ", ".join(map(_test, node.tests))
    if node.negated:
        return f"not({texts})"
    only = node.tests[0]
    if len(node.tests) == 1 and isinstance(only, ast.Call) and only.function == ast.Name("not"):
        return f"({texts})"
    return texts


def type_text(kind: ast.TypeRef) -> str:
    """Return the text of a type."""
    if kind.result is not None:
        return f"function<{', '.join(map(type_text, kind.arguments))}> -> {type_text(kind.result)}"
    if kind.fields:
        return f"context<{', '.join(f'{n}: {type_text(t)}' for n, t in kind.fields)}>"
    return f"{kind.name}<{', '.join(map(type_text, kind.arguments))}>" if kind.arguments else kind.name
