"""The policies and models a zone works with: those that ship with the engine, and the files the zone adopted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from wutong.errors import Place, WutongError
from wutong.site.core.models import Zone
from wutong.site.runs.models import ZoneModel, ZonePolicy

if TYPE_CHECKING:
    from wutong.packs import Policy
    from wutong.points.model import PointModel

NATIONAL = "national"
OwnFile = tuple[str, str, str, str]
"""A file a zone adopted: pack, policy, version, text."""


def level_of(pack: str) -> str | Promise:
    """Return the level of a pack: the nation, or a place."""
    return _("国家级") if pack == NATIONAL else _("地方级")


@cache
def packs() -> tuple[str, ...]:
    """Return the names of the packs."""
    from wutong.packs.loader import known_packs  # noqa: PLC0415 - the engine loads slowly

    return tuple(known_packs())


@cache
def shipped() -> tuple[Policy, ...]:
    """Return every version of every policy that ships, read once per process."""
    from wutong.packs import load_packs  # noqa: PLC0415 - the engine loads slowly

    return tuple(load_packs(packs()))


def policies(zone: Zone | None) -> tuple[Policy, ...]:
    """Return every version of every policy as the zone has it; without a zone what ships."""
    return merged(own_files(zone)) if zone is not None else shipped()


def own_files(zone: Zone) -> tuple[OwnFile, ...]:
    """Return the files a zone adopted."""
    with scope(zone=zone):
        rows = ZonePolicy.objects.filter(zone=zone).values_list("pack", "policy", "version", "text")
        return tuple(rows)


@lru_cache(maxsize=64)
def merged(own: tuple[OwnFile, ...]) -> tuple[Policy, ...]:
    """Return what ships with the files of a zone in it. Raises P120 where two versions are in force at once."""
    from wutong.packs.loader import parse_policy  # noqa: PLC0415 - the engine loads slowly

    if not own:
        return shipped()
    replaced = {f[:3] for f in own}
    found = [p for p in shipped() if (p.pack, p.id, p.version) not in replaced]
    found += [parse_policy(text, _file_name(pack, policy, version)) for pack, policy, version, text in own]
    found.sort(key=lambda p: (p.key, p.start.toordinal() if p.start else 0, p.version))
    for left, right in pairwise(found):
        if left.key == right.key and (left.end is None or right.start is None or right.start <= left.end):
            raise WutongError.of("P120", Place(file=right.file, policy=right.key), other=left.file)
    return tuple(found)


def _file_name(pack: str, policy: str, version: str) -> str:
    """Return the name of the shipped file of a version, for a version of its own one made from its number."""
    known = next((p.file for p in shipped() if (p.pack, p.id, p.version) == (pack, policy, version)), "")
    return known or f"{policy}-zone-{''.join(c if c.isalnum() or c in '-.' else '_' for c in version)}.yaml"


def file_text(zone: Zone, pack: str, policy: str, version: str) -> tuple[str, str, str] | None:
    """Return the file name of a version as the zone has it, its text and its golden cases ("" without)."""
    from wutong.packs.cases import cases_file  # noqa: PLC0415 - the engine loads slowly
    from wutong.packs.loader import pack_files  # noqa: PLC0415 - the same

    with scope(zone=zone):
        own = ZonePolicy.objects.filter(zone=zone, pack=pack, policy=policy, version=version).first()
    if own is not None:
        return _file_name(pack, policy, version), own.text, own.cases
    name = next((p.file for p in shipped() if (p.pack, p.id, p.version) == (pack, policy, version)), None)
    if name is None:
        return None
    path = next(p for p in pack_files(pack) if p.name == name)
    cases = cases_file(path)
    return name, path.read_text("utf-8"), cases.read_text("utf-8") if cases.is_file() else ""


@contextmanager
def packs_of(zone: Zone, names: Sequence[str]) -> Iterator[list[str | Path]]:
    """Give the packs of a zone as the engine takes them: a name, or a folder where the zone has files of its own."""
    from wutong.packs.loader import pack_files  # noqa: PLC0415 - the engine loads slowly

    own = own_files(zone)
    with tempfile.TemporaryDirectory(prefix="wutong-packs-") as place:
        given: list[str | Path] = []
        for name in names:
            mine = {_file_name(*f[:3]): f[3] for f in own if f[0] == name}
            if not mine:
                given.append(name)
                continue
            folder = Path(place) / name
            folder.mkdir()
            texts = {p.name: p.read_text("utf-8") for p in pack_files(name)} | mine
            for file, text in texts.items():
                (folder / file).write_text(text, "utf-8")
            given.append(folder)
        yield given


@cache
def point_models() -> tuple[PointModel, ...]:
    """Return every version of every point model."""
    from wutong.points.loader import load_model, model_files  # noqa: PLC0415 - the engine loads slowly

    return tuple(load_model(path) for path in model_files())


OwnModel = tuple[str, str, str]
"""A model a zone completed: id, version, text."""


def own_models(zone: Zone) -> tuple[OwnModel, ...]:
    """Return the models the zone completed from official documents, as they count now."""
    with scope(zone=zone):
        counting = ZoneModel.objects.filter(zone=zone, replaced_at=None).exclude(adopted_at=None)
        return tuple(counting.order_by("model", "version").values_list("model", "version", "text"))


def models_of(zone: Zone | None) -> tuple[PointModel, ...]:
    """Return every version of every point model as the zone has it; without a zone what ships."""
    return completed(own_models(zone)) if zone is not None else point_models()


@lru_cache(maxsize=64)
def completed(own: tuple[OwnModel, ...]) -> tuple[PointModel, ...]:
    """Return what ships, the completed models of a zone in the place of those without weights."""
    from wutong.points.loader import parse_model  # noqa: PLC0415 - the engine loads slowly

    texts = {(model, version): text for model, version, text in own}
    return tuple(
        parse_model(texts[m.id, m.version], m.file) if (m.id, m.version) in texts else m for m in point_models())


@contextmanager
def model_file(zone: Zone, name: str, on: date) -> Iterator[Path]:
    """Give the file of a model as the zone has it. Raises S120, S121 as :func:`wutong.points.loader.find_file`."""
    from wutong.points.loader import find_file  # noqa: PLC0415 - the engine loads slowly

    shipped_file = find_file(name, on)
    text = {f"{model}@{version}": text for model, version, text in own_models(zone)}.get(name)
    if text is None:
        yield shipped_file
        return
    with tempfile.TemporaryDirectory(prefix="wutong-model-") as place:
        path = Path(place) / shipped_file.name
        path.write_text(text, "utf-8", newline="\n")
        yield path
