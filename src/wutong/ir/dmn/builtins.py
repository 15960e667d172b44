"""The table of built-in functions: parameter names, and which part compiles each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wutong.ir.dmn import fn_context, fn_list, fn_number, fn_range, fn_temporal, fn_text
from wutong.ir.dmn.choice import each
from wutong.ir.dmn.signatures import Variant
from wutong.ir.dmn.values import NullResultError, Value

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering

BUILTINS: dict[str, tuple[Variant, ...]] = {
    **fn_number.FUNCTIONS, **fn_text.FUNCTIONS, **fn_list.FUNCTIONS, **fn_temporal.FUNCTIONS,
    **fn_context.FUNCTIONS, **fn_range.FUNCTIONS,
}


def call_builtin(
    lowering: Lowering, name: str, arguments: tuple[Value, ...], names: tuple[str, ...] | None,
) -> Value:
    """Return the value of a built-in call.

    Raises:
        NullResultError: no variant takes these arguments.
    """
    for variant in BUILTINS[name]:
        bound = variant.bind(arguments, names)
        if bound is not None:
            return each(bound, partial(variant.make, lowering))
    raise NullResultError
