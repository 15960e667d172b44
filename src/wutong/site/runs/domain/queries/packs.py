"""The policies and models that ship with the engine, read once per process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from wutong.packs import Policy
    from wutong.points.model import PointModel

NATIONAL = "national"


def level_of(pack: str) -> str | Promise:
    """Return the level of a pack: the nation, or a place."""
    return _("国家级") if pack == NATIONAL else _("地方级")


@cache
def packs() -> tuple[str, ...]:
    """Return the names of the packs."""
    from wutong.packs.loader import known_packs  # noqa: PLC0415 - the engine loads slowly

    return tuple(known_packs())


@cache
def policies() -> tuple[Policy, ...]:
    """Return every version of every policy."""
    from wutong.packs import load_packs  # noqa: PLC0415 - the engine loads slowly

    return tuple(load_packs(packs()))


@cache
def point_models() -> tuple[PointModel, ...]:
    """Return every version of every point model."""
    from wutong.points.loader import load_model, model_files  # noqa: PLC0415 - the engine loads slowly

    return tuple(load_model(path) for path in model_files())
