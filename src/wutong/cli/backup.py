"""``wutong backup`` and ``wutong restore``: the site as one archive, and back, with everything compared."""
# ruff: noqa: PLC0415 - Django is imported when a command needs it

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

from wutong.cli.arguments import existing_file
from wutong.cli.failure import Exit
from wutong.cli.screen import screen
from wutong.cli.site import DEFAULT, Data, prepare
from wutong.errors import WutongError


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件，如 wutong-20261126.tar · archive to write")],
    data: Data = DEFAULT,
) -> int:
    """备份网站：数据库、文件、运行结果，逐件带哈希；密钥另行保管 · back the site up; the key is kept elsewhere."""
    prepare(data)
    from wutong.site.config.backup import make

    view = screen()
    with view.progress() as progress:
        made = make(data.resolve(), out.resolve(), progress)
    if view.as_json:
        view.json({"ok": True, "file": str(out), "rows": made.rows, "parts": len(made.parts), "audit": made.audit})
    else:
        view.say(f"已备份：{len(made.parts)} 件，{made.rows:,} 行，审计 {made.audit['sequence']} 条。密钥 secret.key 不在其中，请另行保管。",
                 f"Backed up: {len(made.parts)} parts, {made.rows:,} rows, {made.audit['sequence']} audit rows. secret.key is not in it; keep it elsewhere.")
    return Exit.OK


def restore(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件 · archive")],
    place: Annotated[Path | None, typer.Argument(metavar="DIR", help="空的数据文件夹；不写则只核对 · empty data folder; none: only check")] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="另行保管的 secret.key · the key kept elsewhere")] = None,
) -> int:
    """恢复网站到空文件夹，逐表逐件核对；不写文件夹时只核对备份 · restore into an empty folder, everything compared."""
    from wutong.site.config import backup as work

    started, view, found = time.perf_counter(), screen(), existing_file(archive)
    if place is None:
        made = work.check(found)
        view.say(f"备份完好：{len(made.parts)} 件，{made.rows:,} 行，{made.made}。", f"The backup is whole: {len(made.parts)} parts, {made.rows:,} rows, {made.made}.")
        return Exit.OK
    work.claim(place)  # before anything is done that would be undone
    was_there = place.exists()
    try:
        with view.progress() as progress:
            made = work.unpack(found, place, progress)
        if key is not None:
            shutil.copyfile(existing_file(key), place / "secret.key")
            (place / "secret.key").chmod(0o600)
        prepare(place, tables=False)
        work.load(place, made)
        rows = work.compare(made)
    except WutongError:
        _undo(place, keep=was_there)
        raise
    view.say(f"已恢复到 {place}：{rows:,} 行与备份一致，审计链完整，用时 {time.perf_counter() - started:.1f} 秒。接着执行 wutong site init --data {place}。",
             f"Restored to {place}: {rows:,} rows as in the backup, the audit chain is whole, {time.perf_counter() - started:.1f} s. Next: wutong site init --data {place}.")
    return Exit.OK


def _undo(place: Path, *, keep: bool) -> None:
    """Leave nothing half restored."""
    for path in place.iterdir() if place.exists() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if not keep and place.exists():
        place.rmdir()
