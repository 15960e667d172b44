"""``wutong demo``: the demo zone as pages, and as a site one can sign in to."""
# ruff: noqa: PLC0415 - engine and site load when the command runs

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wutong.cli.arguments import day
from wutong.cli.companies import On, Out
from wutong.cli.failure import Exit
from wutong.cli.screen import screen

if TYPE_CHECKING:
    from wutong.site.config.demo import SignIn

Note = Callable[[str, int, int], None]
PORTS = 20
"""So many ports are tried from the one asked for."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("demo", rich_help_panel="企业 · companies")(demo)


def demo(  # noqa: PLR0913, PLR0917 - one parameter for each option
    out: Out = Path("demo"),
    on: On = "2026-11-01",
    pages: Annotated[bool, typer.Option("--pages", help="只写网页和工作簿，不建网站 · pages and workbook only, no site")] = False,
    data: Annotated[Path | None, typer.Option("--data", metavar="DIR", help="网站的数据文件夹，默认在 OUT 旁 · data folder of the site")] = None,
    build_only: Annotated[bool, typer.Option("--no-serve", help="建好即止，不启动网站 · do not start the site")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="删除原有演示网站重建 · make the site anew")] = False,
    port: Annotated[int, typer.Option("--port", help="端口，被占用时取下一个 · port, or the next free one")] = 8000,
    show: Annotated[bool, typer.Option("--open", help="在浏览器中打开 · open in the browser")] = False,
) -> int:
    """建立演示高新区：评估结果的网页，和可以登录的网站 · make the demo zone: pages of results, and a site to sign in to."""
    import importlib.util
    import webbrowser

    with_site = not pages and importlib.util.find_spec("django") is not None
    place = data or out.with_name(f"{out.name}-site")
    if with_site:
        from wutong.site.config.demo import claim

        claim(place)
    with tempfile.TemporaryDirectory(prefix="wutong-demo-") as temp:
        table = Path(temp) / "demo.xlsx"
        _pages(table, day(on), out, silent=with_site and screen().as_json)
        found = _site(table, place, day(on), fresh=fresh) if with_site else []
    if not pages and not with_site:
        screen().say("没有安装网站部分，只写了网页：pip install 'wutong[site]'。", "The site's part is not installed: pip install 'wutong[site]'.")
    serve = with_site and not build_only
    if show and not serve:
        webbrowser.open((out / "index.html").resolve().as_uri())
    if not with_site:
        return Exit.OK
    free = _free_port(port)
    _print(found, out, place, free, serving=serve)
    return _serve(place, free) if serve else Exit.OK


def _pages(table: Path, on: date, out: Path, *, silent: bool) -> None:
    from wutong.cli.companies import print_run, run_to_folder
    from wutong.demo import build

    with screen().progress() as progress:
        progress("build", 0, 1)
        build(table)
        progress("build", 1, 1)
    run = run_to_folder(table, on, out, None, "interval", keep_input=True)
    if not silent:  # JSON is one answer, and that of the site comes last
        print_run(screen(), run, out)


def _site(table: Path, place: Path, on: date, *, fresh: bool) -> list[SignIn]:
    """Make the site beside its place and move it there whole; one that is there already gets new passwords."""
    from wutong.site.config import demo as made
    from wutong.site.config import start

    os.environ |= {"WUTONG_DEMO": "1", "WUTONG_MFA_REQUIRED": "0"}
    if made.is_demo(place) and not fresh:
        start.prepare(place.resolve(), https=False)
        start.first_run(made.ADMINISTRATORS)
        return made.sign_ins()
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with made.at_once(os.environ), screen().progress() as progress:
            start.prepare(part.resolve(), https=False)
            found = made.build(table, part, on, progress)
        _close()
        if place.exists():
            shutil.rmtree(place)
        part.rename(place)
    finally:
        _close()
        shutil.rmtree(part, ignore_errors=True)
    os.environ["WUTONG_DATA"] = str(place.resolve())
    return found


def _close() -> None:
    from django.db import connections

    with contextlib.suppress(Exception):  # nothing is open if Django did not start
        connections.close_all()


def _free_port(first: int) -> int:
    for port in range(first, first + PORTS):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return first


def _print(found: list[SignIn], out: Path, place: Path, port: int, *, serving: bool) -> None:
    view = screen()
    if view.as_json:
        view.json({"ok": True, "run": str(out), "data": str(place), "address": f"http://127.0.0.1:{port}/", "users": [
            {"role": s.role, "username": s.username, "password": s.password} for s in found]})
        return
    heads = [view.text(*t) for t in (("角色", "Role"), ("用户名", "User name"), ("口令", "Password"))]
    view.table(heads, [(s.role, s.username, s.password) for s in found])
    view.say("口令刚刚生成，只显示这一次；再次运行本命令会换新的。", "Passwords were made now and are shown once; running this again makes new ones.")
    if serving:
        view.say(f"演示网站：http://127.0.0.1:{port}/ · 按 Ctrl-C 停止", f"Demo site: http://127.0.0.1:{port}/ · Ctrl-C stops it")
    else:
        view.say(f"启动：wutong demo（不带 --no-serve），数据在 {place}", f"Start it: wutong demo without --no-serve; its data are in {place}")


def _serve(place: Path, port: int) -> int:
    from wutong.site.config import start

    os.environ |= {"WUTONG_DATA": str(place.resolve()), "WUTONG_HTTPS": "0", "DJANGO_SETTINGS_MODULE": start.SETTINGS}
    return start.serve(start.web_command("127.0.0.1", port, 2))
