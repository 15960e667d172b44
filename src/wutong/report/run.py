"""A run: one file in, one folder out that can be read, checked and repeated.

The folder holds the snapshot, the policy files it used, the results and a manifest of their hashes. Nothing in
it depends on the clock, the path or the machine, so that the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from wutong import __version__
from wutong.backends.protocol import Backend
from wutong.errors import Diagnostic, Place, WutongError
from wutong.packs import Policy, choose, load_file, load_packs, pack_files
from wutong.packs.loader import known_packs
from wutong.policy.evaluate import Mode, Results, evaluate, shipped_catalogue, snapshot_tables
from wutong.report.build import Builder
from wutong.report.detail import write_detail
from wutong.report.labels import Labels
from wutong.report.model import CompanyView, PackView, RunView
from wutong.report.policies import policy_view
from wutong.tables import Snapshot, read_workbook, write_snapshot
from wutong.tables.snapshot import file_hash, write_parquet

Progress = Callable[[str, int, int], None]
FORMAT = 1


def _silent(stage: str, done: int, total: int) -> None:
    """Take no notice of progress."""


def evaluate_file(
    path: Path, on: date, packs: Sequence[str | Path] | None, out: Path, mode: str = "interval",
    progress: Progress = _silent, backend: Backend | None = None,
) -> RunView:
    """Read a table of companies, decide every policy in force on `on`, and write snapshot and results to `out`.

    Args:
        path: Excel, CSV or Parquet.
        on: the date of assessment.
        packs: names or folders of packs; None for all that ship.
        out: an existing empty folder, filled by this call (the caller renames it into place).
        mode: ``interval`` or ``three_valued``.
        progress: called as ``progress(stage, done, total)``.
        backend: where the SQL runs; DuckDB in process if None. The results are the same on every engine.

    Raises:
        WutongError: T1xx unreadable input, P1xx and F5xx faulty packs, R101 no company, R102 no policy in force.
    """
    policies = policies_in_force(packs, on)
    progress("read", 0, 1)
    reading = read_workbook(path, on=on).usable()
    if reading.companies.num_rows == 0:
        raise WutongError(Diagnostic.of("R101", Place(file=path.name)), *reading.errors)
    snapshot = write_snapshot(reading, out / "snapshot", demo=says_demo(reading.companies))
    progress("read", 1, 1)
    return _decided(snapshot, policies, on, packs, out, checked_mode(mode), progress, backend, reading.diagnostics)


def evaluate_snapshot(
    snapshot: Snapshot, on: date, packs: Sequence[str | Path] | None, out: Path, mode: str = "interval",
    progress: Progress = _silent, backend: Backend | None = None,
) -> RunView:
    """Decide every policy in force on `on` for the companies of a snapshot that lies in `out` as ``snapshot``.

    Arguments as for :func:`evaluate_file`; the folder holds the same files.

    Raises:
        WutongError: P1xx and F5xx faulty packs, R101 no company, R102 no policy in force.
    """
    policies = policies_in_force(packs, on)
    if snapshot.rows() == 0:
        raise WutongError.of("R101", Place(file=snapshot.folder.name))
    return _decided(snapshot, policies, on, packs, out, checked_mode(mode), progress, backend, ())


def policies_in_force(packs: Sequence[str | Path] | None, on: date) -> list[Policy]:
    """Return the policies of the packs in force on a day. Raises R102 if there is none, P1xx for faulty packs."""
    policies = choose(load_packs(packs), on)
    if not policies:
        raise WutongError.of("R102", Place(pack="、".join(map(str, packs or known_packs()))), on=on.isoformat())
    return policies


def _decided(  # noqa: PLR0913, PLR0917 - the inputs of a run
    snapshot: Snapshot, policies: Sequence[Policy], on: date, packs: Sequence[str | Path] | None, out: Path, mode: Mode,
    progress: Progress, backend: Backend | None, diagnostics: Sequence[Diagnostic],
) -> RunView:
    copy_packs(policies, packs, out / "packs")
    results = evaluate(snapshot, policies, on, mode, backend, explain=True, progress=progress)
    run = view_of(results, snapshot, diagnostics, progress)
    _write_results(results, run, out)
    run_id = write_manifest(run, results, snapshot, out, "duckdb" if backend is None else backend.dialect)
    return _with_id(run, run_id)


def checked_mode(mode: str) -> Mode:
    """Return a null mode policies may use. Raises R103."""
    if mode not in ("interval", "three_valued"):
        raise WutongError.of("R103", mode=mode)
    return mode  # type: ignore[return-value]  # narrowed just above


def says_demo(companies: pa.Table) -> bool:
    """Tell whether the companies say that they are invented."""
    if "data_nature" not in companies.column_names:
        return False
    return any(str(v or "").startswith("演示") for v in companies.column("data_nature").unique().to_pylist())


def copy_packs(policies: Sequence[Policy], packs: Sequence[str | Path] | None, folder: Path) -> None:
    """Keep the policy files a run used beside its results."""
    wanted = {p.file for p in policies}
    for pack in packs or known_packs():
        for file in pack_files(pack):
            if file.name in wanted:
                target = folder / Path(str(pack)).name
                target.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target / file.name)


def view_of(results: Results, snapshot: Snapshot, diagnostics: Sequence[Diagnostic],
            progress: Progress = _silent) -> RunView:
    """Return results as the report reads them."""
    catalogue = shipped_catalogue()
    tables: dict[str, Any] = {n: snapshot.read(n) for n in ("companies", "sources") if n in snapshot.tables}
    labels = Labels(tables, catalogue, results.on.year)
    builder = Builder(results, labels)
    companies: list[CompanyView] = []
    total = len(builder.companies)
    for index in range(total):
        companies.append(builder.company(index))
        if index % 50 == 0:
            progress("explain", index, total)
    progress("explain", total, total)
    zones = {v for v in labels.columns.get("zone", []) if v}
    return RunView(
        run_id="", on=results.on, mode=results.mode, engine_version=__version__, snapshot_hash=snapshot.hash,
        demo=snapshot.demo, packs=tuple(pack_views([c.policy for c in results.policies])),
        policies=tuple(policy_view(c, results.on, catalogue) for c in results.policies), companies=tuple(companies),
        diagnostics=tuple(diagnostics), zone=zones.pop() if len(zones) == 1 else "",
    )


def pack_views(policies: Sequence[Policy]) -> list[PackView]:
    """Return each pack with one hash over the policy files used."""
    found = []
    for pack in sorted({p.pack for p in policies}):
        used = sorted((p.file, p.sha256) for p in policies if p.pack == pack)
        digest = hashlib.sha256(json.dumps(used).encode()).hexdigest()
        found.append(PackView(pack, f"{len(used)} 项政策", digest))
    return found


def _write_results(results: Results, run: RunView, out: Path) -> None:
    wide = results.wide
    kept = [n for n in wide.column_names if not any(part.startswith("c") and part[1:].isdigit() for part in n.split("_")[1:2])]
    write_parquet(wide.select(kept), out / "results.parquet")
    write_detail(run, out / "detail.parquet")


def write_manifest(run: RunView, results: Results, snapshot: Snapshot, out: Path, backend: str = "duckdb") -> str:
    """Write the manifest and return the run id: the first 12 hex digits of the hash of all that went in and out.

    The name of the backend stands beside the hash, not in it: the same run on another engine has the same id.
    """
    columns = {
        c.prefix: {"policy": c.policy.key, "version": c.policy.version,
                   "conditions": [x.code for x in c.conditions], "benefits": [b.code for b in c.benefits],
                   "outputs": [o[0] for o in c.outputs]}
        for c in results.policies
    }
    body: dict[str, Any] = {
        "format": FORMAT, "engine": __version__, "on": results.on.isoformat(), "mode": results.mode,
        "snapshot": snapshot.hash, "demo": run.demo,
        "policies": {c.policy.key: {"version": c.policy.version, "file": c.policy.file, "sha256": c.policy.sha256}
                     for c in results.policies},
        "columns": columns, "counts": results.counts(),
        "results": {n: file_hash(out / n) for n in ("results.parquet", "detail.parquet")},
    }
    run_id = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]
    text = json.dumps({"run": run_id, "backend": backend, **body}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (out / "manifest.json").write_text(text, "utf-8", newline="\n")
    return run_id


def _with_id(run: RunView, run_id: str) -> RunView:
    return replace(run, run_id=run_id)


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """A run folder as questions read it: nothing of it is decided again yet."""

    folder: Path
    run: str
    on: date
    mode: Mode
    snapshot: Snapshot
    policies: tuple[Policy, ...]
    prefixes: dict[str, str]
    """The prefix of the columns of each policy, by its key."""


def opened_run(folder: Path) -> OpenedRun:
    """Read manifest, snapshot and policy files of a run.

    Raises:
        WutongError: R104 no manifest or a foreign one, T30x a changed snapshot, R105 changed policy files.
    """
    manifest, snapshot, policies = run_parts(folder)
    prefixes = {str(c["policy"]): str(p) for p, c in manifest["columns"].items()}
    on, mode = date.fromisoformat(manifest["on"]), checked_mode(manifest["mode"])
    return OpenedRun(folder, str(manifest["run"]), on, mode, snapshot, tuple(policies), prefixes)


def open_run(folder: Path, company: str | None = None, policy: str | None = None) -> RunView:
    """Read a run folder again: its own snapshot and policy files through the same engine.

    Args:
        folder: written by :func:`evaluate_file`.
        company: code of the one company to explain; None for all.
        policy: id, key or part of the name of the one policy to explain; all where that names none or several.

    Raises:
        WutongError: R104 no manifest or a foreign one, T30x a changed snapshot, R105 changed policy files.
    """
    manifest, snapshot, policies = run_parts(folder)
    on, mode = date.fromisoformat(manifest["on"]), checked_mode(manifest["mode"])
    tables: dict[str, Any] = snapshot_tables(snapshot)
    if company is not None:
        rows = snapshot.read("companies")
        tables["companies"] = rows.filter(pa.compute.equal(rows["company"], company))
    results = evaluate(tables, _narrowed(policies, policy), on, mode, explain=True)
    return _with_id(view_of(results, snapshot, ()), manifest["run"])


def run_parts(folder: Path) -> tuple[dict[str, Any], Snapshot, list[Policy]]:
    """Return the manifest, the snapshot and the policies of a run folder.

    Raises:
        WutongError: R104 no manifest or a foreign one, T30x a changed snapshot, R105 changed policy files.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        date.fromisoformat(manifest["on"])
        checked_mode(manifest["mode"])
        wanted = manifest["policies"]
    except (OSError, ValueError, KeyError, TypeError):
        raise WutongError.of("R104", Place(file=folder.name)) from None
    snapshot = Snapshot.open(folder / "snapshot")
    policies = [load_file(f) for f in sorted((folder / "packs").glob("*/*.yaml"))]
    policies.sort(key=lambda p: list(manifest["policies"]).index(p.key) if p.key in wanted else -1)
    if {p.key: p.sha256 for p in policies} != {k: v["sha256"] for k, v in wanted.items()}:
        raise WutongError.of("R105", Place(file=folder.name))
    return manifest, snapshot, policies


def _narrowed(policies: Sequence[Policy], text: str | None) -> Sequence[Policy]:
    if text is None:
        return policies
    exact = [p for p in policies if text in (p.id, p.key, f"{p.pack}/{p.id}", p.zh)]
    found = exact or [p for p in policies if text in p.zh or text in p.id]
    return found if len(found) == 1 else policies
