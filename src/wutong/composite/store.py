"""Stored steps: a folder with the table, the metadata and a manifest, which is itself an input again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from wutong import __version__
from wutong.composite.framework import Framework
from wutong.composite.reading import Study, read_study
from wutong.composite.table import Table
from wutong.errors import Place, WutongError

FORMAT: Final = 1
KIND: Final = "composite"
DATA, META, MANIFEST = "data.csv", "meta.csv", "manifest.json"


def write_study(folder: Path, table: Table, tree: Framework, times: Sequence[float] | None = None) -> None:
    """Write a table and its metadata so that :func:`open_study` reads the same numbers."""
    stamp = times if times is not None and len(times) == len(table.units) else None
    heads = ["uCode", "uName", *(["Time"] if stamp is not None else []), *table.groups, *table.denominators, *table.codes]
    rows = []
    for i, unit in enumerate(table.units):
        row: list[Any] = [unit, table.names.get(unit, unit), *([stamp[i]] if stamp is not None else [])]
        row += [labels[i] or "" for labels in table.groups.values()]
        row += [_cell(column[i]) for column in (*table.denominators.values(), *table.values.T)]
        rows.append(row)
    write_csv(folder / DATA, heads, rows)
    _write_meta(folder / META, table, tree)


def _write_meta(path: Path, table: Table, tree: Framework) -> None:
    more = list(dict.fromkeys(name for node in tree.nodes for name in node.parameters))
    heads = ["Level", "iCode", "iName", "Direction", "Weight", "Unit", "Denominator", "Parent", "Type", *more]
    rows: list[Sequence[Any]] = [
        (n.level, n.code, n.name, n.direction, _cell(n.weight), n.unit, n.denominator or "", n.parent or "",
         "Indicator" if n.level == 1 else "Aggregate", *(_cell(n.parameters.get(name, math.nan)) for name in more))
        for n in tree.nodes
    ]
    rows += [("", c, c, "", "", "", "", "", kind, *([""] * len(more)))
             for kind, codes in (("Group", table.groups), ("Denominator", table.denominators)) for c in codes]
    write_csv(path, heads, rows)


def _cell(value: float) -> str:
    return "" if math.isnan(value) else repr(float(value))


def write_csv(path: Path, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a CSV with the mark that lets Excel read Chinese; the same rows give the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(["" if isinstance(c, float) and math.isnan(c) else c for c in row] for row in rows)
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode("utf-8"))


def plain(value: Any) -> Any:
    """Return JSON-ready data: dataclasses as objects, arrays as lists, NaN and infinity as null or text.

    >>> plain({"a": np.array([1.0, np.nan]), "b": np.int64(3)})
    {'a': [1.0, None], 'b': 3}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def write_manifest(folder: Path, command: str, options: Mapping[str, Any], source: str) -> str:
    """Write what was done over the hashes of every file in the folder; return the run id.

    Nothing in it depends on clock, path or machine.
    """
    files = {p.relative_to(folder).as_posix(): digest(p) for p in sorted(folder.rglob("*")) if p.is_file() and p.name != MANIFEST}
    body = {"format": FORMAT, "kind": KIND, "engine": __version__, "command": command, "options": plain(options),
            "source": source, "files": files}
    run_id = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]
    text = json.dumps({"run": run_id, **body}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, "utf-8", newline="\n")
    return run_id


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kind_of_folder(folder: Path) -> str | None:
    """Return the kind that a folder's manifest names, None if it has none."""
    try:
        kind = json.loads((folder / MANIFEST).read_text("utf-8")).get("kind")
    except (OSError, ValueError, AttributeError):
        return None
    return str(kind) if kind is not None else None


def open_study(folder: Path) -> Study:
    """Read a stored step again. Raises WutongError S238 not such a folder, S239 a file that changed since."""
    if kind_of_folder(folder) != KIND or not (folder / DATA).is_file():
        raise WutongError.of("S238", Place(file=folder.name))
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    for name in (DATA, META):
        if manifest["files"].get(name) != digest(folder / name):
            raise WutongError.of("S239", Place(file=name))
    return read_study(folder / DATA, folder / META)
