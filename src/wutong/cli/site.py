"""Commands about the site: init, run, manage; and about its audit chain: verify, seal."""
# ruff: noqa: PLC0415 - Django is imported when a command needs it

from __future__ import annotations

import importlib.util
import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from wutong.cli.arguments import day
from wutong.cli.failure import Exit
from wutong.cli.screen import screen
from wutong.errors import WutongError

Data = Annotated[Path, typer.Option("--data", envvar="WUTONG_DATA", metavar="DIR", help="数据文件夹 · data folder")]
DEFAULT = Path("wutong-data")


def register(app: typer.Typer) -> None:
    """Add the groups ``site`` and ``audit`` to the application."""
    site = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="网站 · the site.")
    site.command("init")(init)
    site.command("run")(run)
    site.command("manage", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(manage)
    app.add_typer(site, name="site")
    audit = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="审计链 · the audit chain.")
    audit.command("verify")(verify_chain)
    audit.command("seal")(seal)
    app.add_typer(audit, name="audit")


def prepare(data: Path, *, https: bool | None = None, tables: bool = True) -> None:
    """Start Django for the data folder. Raises W105 without the extra, W106 before `site init`."""
    if importlib.util.find_spec("django") is None:
        raise WutongError.of("W105")
    from wutong.site.config import start

    start.prepare(data.resolve(), https=https)
    if tables and not start.migrated():
        raise WutongError.of("W106", data=str(data))


def init(
    data: Data = DEFAULT,
    zone: Annotated[str | None, typer.Option("--zone", metavar="CODE", help="建立第一个园区的代码 · code of a first zone")] = None,
    zone_name: Annotated[str | None, typer.Option("--zone-name", help="园区名称 · name of that zone")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="逐个询问三员的用户名 · ask for the administrators' user names")] = False,
) -> int:
    """首次运行或升级：建表、静态文件、三员账号（一次性口令当场生成） · first run or upgrade."""
    prepare(data, tables=False)
    from wutong.site.config.start import first_run

    names = {"system_admin": "sysadmin", "security_admin": "secadmin", "audit_admin": "auditadmin"}
    if ask:
        names = {role: typer.prompt(f"{role}", default=name) for role, name in names.items()}
    made = first_run(names)
    if zone:
        _first_zone(zone, zone_name or zone)
    view = screen()
    if view.as_json:
        view.json({"ok": True, "users": [{"role": u.role, "username": u.username, "password": u.password} for u in made]})
        return Exit.OK
    if made:
        heads = [view.text(*t) for t in (("角色", "Role"), ("用户名", "User name"), ("一次性口令", "One-time password"))]
        view.table(heads, [(u.role, u.username, u.password) for u in made])
        view.say("口令只显示这一次，首次登录时须修改并绑定两步验证。", "Shown once; to be changed, with a second factor, at the first sign-in.")
    view.say(f"就绪。启动：wutong site run --data {data}", f"Ready. Start it: wutong site run --data {data}")
    return Exit.OK


def _first_zone(code: str, name: str) -> None:
    from wutong.site.core.domain.zones import create_zone
    from wutong.site.core.models import Zone

    if not Zone.objects.filter(code=code).exists():
        create_zone(actor=None, code=code, name=name)


def run(
    data: Data = DEFAULT,
    host: Annotated[str, typer.Option("--host", help="监听地址 · address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口 · port")] = 8000,
    proxy: Annotated[bool, typer.Option("--proxy", help="在 HTTPS 反向代理之后运行 · behind a proxy that does HTTPS")] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="进程数 · processes")] = 2,
) -> int:
    """启动网站与后台任务 · run the site and its background worker."""
    from wutong.site.config.start import LOOPBACK, serve, web_command

    if not proxy and host not in LOOPBACK:
        raise WutongError.of("W107", host=host)
    if proxy:
        os.environ.setdefault("WUTONG_PROXIES", "1")
    prepare(data, https=proxy)
    view = screen()
    server = "Django runserver（Windows）" if os.name == "nt" else f"gunicorn × {workers}"
    view.say(f"网站：http://{host}:{port}/ · {server} · 按 Ctrl-C 停止", f"Site: http://{host}:{port}/ · {server} · Ctrl-C stops it")
    return serve(web_command(host, port, workers))


def manage(context: typer.Context, data: Data = DEFAULT) -> int:
    """Django 的管理命令（供运维与开发） · Django's own commands, for operators and developers."""
    prepare(data, tables=False)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["wutong site manage", *context.args])
    return Exit.OK


def verify_chain(data: Data = DEFAULT) -> int:
    """验证审计链，指出第一条有问题的记录 · verify the audit chain and name the first bad row."""
    prepare(data)
    from wutong.site.core.domain.queries.audit import verify

    found, view = verify(), screen()
    if view.as_json:
        view.json({"ok": found.sound, "checked": found.checked, "bad": found.bad, "reason": found.reason or None})
    elif found.sound:
        view.say(f"审计链完整，共 {found.checked} 条。", f"The audit chain is whole, {found.checked} rows.")
    else:
        view.say(f"第 {found.bad} 条有问题：{found.text}。", f"Row {found.bad} is wrong: {found.reason}.")
    return Exit.OK if found.sound else Exit.FINDINGS


def seal(
    data: Data = DEFAULT,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="封存到哪一天（含），默认昨天 · up to this day, default yesterday")] = None,
) -> int:
    """封存审计链并写出封存文件 · seal the audit chain and write the seal to a file."""
    prepare(data)
    from django.utils import timezone

    from wutong.site.core.domain.audit import seal_day

    made = seal_day(actor=None, day=day(on) if on else timezone.localdate() - timedelta(days=1))
    view = screen()
    if view.as_json:
        view.json({"ok": True, "day": made.day.isoformat(), "last": made.last, "hash": made.hash, "algorithm": made.algorithm})
    else:
        view.say(f"{made.day} 已封存到第 {made.last} 条：{made.hash}", f"{made.day} sealed up to row {made.last}: {made.hash}")
    return Exit.OK
