"""Types at run time: conformance (``instance of``) and implicit conversion (DMN 1.5, 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wutong.feel.ast import TypeRef
from wutong.feel.values import Date, DateTime, FunctionValue, RangeValue, Time, kind

_ALIASES = {
    "dateTime": "date and time", "datetime": "date and time", "dayTimeDuration": "days and time duration",
    "days and time duration": "days and time duration", "day and time duration": "days and time duration",
    "yearMonthDuration": "years and months duration", "year and month duration": "years and months duration",
    "any": "Any", "null": "Null",
}
BASIC = frozenset({
    "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
    "years and months duration", "Any", "Null", "list", "context", "range", "function",
})


@dataclass(frozen=True, slots=True)
class Kind:
    """A resolved type; `allowed` is the test of the allowed values, if any."""

    name: str
    item: Kind | None = None
    fields: tuple[tuple[str, Kind], ...] | None = None
    parameters: tuple[Kind, ...] | None = None
    result: Kind | None = None
    allowed: Callable[[Any], bool] | None = field(default=None, compare=False)


ANY = Kind("Any")


def resolve(ref: TypeRef | None, user: Mapping[str, Kind]) -> Kind | None:
    """Return the type a reference means; None if its name is unknown."""
    if ref is None:
        return ANY
    if ref.name in user:
        return user[ref.name]
    name = _ALIASES.get(ref.name, ref.name)
    if name not in BASIC:
        return None
    inner = [resolve(a, user) for a in ref.arguments]
    fields = [(n, resolve(t, user)) for n, t in ref.fields]
    result = resolve(ref.result, user) if ref.result else None
    if None in inner or any(k is None for _, k in fields) or (ref.result and result is None):
        return None
    known = tuple(k for k in inner if k)
    return Kind(
        name,
        known[0] if name in ("list", "range") and known else None,
        tuple((n, k) for n, k in fields if k) if ref.fields else None,
        known if name == "function" and ref.result else None,
        result,
    )


def conforms(value: Any, wanted: Kind) -> bool:
    """Tell whether a value is an instance of a type; null is an instance of ``Null`` only."""
    if wanted.allowed is not None and not (value is not None and wanted.allowed(value)):
        return False
    if value is None or wanted.name == "Any":
        return wanted.name == ("Null" if value is None else "Any")
    return kind(value) == wanted.name and _parts_conform(value, wanted)


def _parts_conform(value: Any, wanted: Kind) -> bool:
    if isinstance(value, list) and wanted.item:
        return all(v is None or conforms(v, wanted.item) for v in value)
    if isinstance(value, dict) and wanted.fields is not None:
        return all(n in value and (value[n] is None or conforms(value[n], k)) for n, k in wanted.fields)
    if isinstance(value, RangeValue) and wanted.item:
        ends = [e for e in (value.low, value.high) if e is not None]
        return all(conforms(e, wanted.item) for e in ends)
    if isinstance(value, FunctionValue) and wanted.parameters is not None:
        return _function_conforms(value, wanted)
    return True


def _function_conforms(value: FunctionValue, wanted: Kind) -> bool:
    parameters = wanted.parameters or ()
    if not value.variadic and len(value.parameters) != len(parameters):
        return False
    own = [t if isinstance(t, Kind) else ANY for t in value.types] or [ANY] * len(parameters)
    if not all(_wider(o, p) for o, p in zip(own, parameters, strict=False)):
        return False
    # A result type that is not declared cannot be refuted before the call.
    return wanted.result is None or not isinstance(value.result, Kind) or _wider(wanted.result, value.result)


def _wider(wide: Kind, narrow: Kind) -> bool:
    """Tell whether every value of `narrow` is one of `wide`."""
    if wide.name == "Any" or narrow.name == "Null":
        return True
    if wide.name != narrow.name:
        return False
    if wide.item and narrow.item:
        return _wider(wide.item, narrow.item)
    if wide.fields and narrow.fields is not None:
        own = dict(narrow.fields)
        return all(n in own and _wider(k, own[n]) for n, k in wide.fields)
    return True


def coerce(value: Any, wanted: Kind | None) -> Any:
    """Convert implicitly: a list of one to its item, a value to a list of one, a date to its midnight in UTC.

    None if the value does not conform even so.
    """
    if wanted is None or value is None or conforms(value, wanted):
        return value
    if wanted.name == "Any":
        return value
    if isinstance(value, list) and len(value) == 1 and wanted.name != "list":
        return value[0] if conforms(value[0], wanted) else None
    if wanted.name == "list" and not isinstance(value, list):
        return [value] if wanted.item is None or conforms(value, wanted.item) else None
    if wanted.name == "date and time" and isinstance(value, Date):
        return DateTime(value, Time(0, 0, 0, 0, 0))
    return None
