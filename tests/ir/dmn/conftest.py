from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from wutong.dmn.model import Decision, Input, LiteralExpression, Model
from wutong.dmn.tck import Case, Expected
from wutong.feel.values import from_python
from wutong.ir.dmn.engine import SqlEngine

Ask = Callable[..., list[Any]]


def cases_of(rows: list[Mapping[str, Any]], *names: str) -> list[Case]:
    """Return one case per row, asking for the decisions `names`."""
    wanted = tuple(Expected(name, None) for name in names)
    return [Case(str(n), from_python(dict(row)), wanted) for n, row in enumerate(rows)]


def model_of(texts: Mapping[str, str], inputs: Mapping[str, str | None]) -> Model:
    """Return a model of literal expressions, each of which may read every input and every earlier decision."""
    slots = tuple(Input(f"i{n}", name, kind) for n, (name, kind) in enumerate(inputs.items()))
    decisions: list[Decision] = []
    for n, (name, text) in enumerate(texts.items()):
        needs = tuple(i.id for i in slots) + tuple(d.id for d in decisions)
        decisions.append(Decision(f"d{n}", name, None, LiteralExpression(text), needs))
    return Model("test", inputs=slots, decisions=tuple(decisions))


@pytest.fixture(params=[False, True], ids=["plain", "lifted"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Evaluate a text for rows of inputs on DuckDB, with literals in the SQL and with literals as columns."""
    def run(text: str, rows: list[Mapping[str, Any]] | None = None, **kinds: str) -> list[Any]:
        given = rows if rows is not None else [{}]
        names = dict.fromkeys(k for row in given for k in row)
        model = model_of({"answer": text}, {n: kinds.get(n) for n in names})
        engine = SqlEngine(lift=request.param, fold=False)
        found = engine.run(model, cases_of(given, "answer"))
        assert engine.tally.folded == 0
        return [plain(f["answer"]) for f in found]
    return run


def plain(value: Any) -> Any:
    """Return a value as Python compares it: numbers as int or float, the rest as text where it is temporal."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value if value is None or isinstance(value, bool | str) else str(value)
