"""Commands about packs: list, show, test, diff."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wutong.cli import editing, linting
from wutong.cli.arguments import day, names
from wutong.cli.failure import Exit
from wutong.cli.screen import Screen, screen
from wutong.errors import WutongError

if TYPE_CHECKING:
    from wutong.packs.model import Named, Parameter, Policy
    from wutong.report.texts import Words

Packs = Annotated[str | None, typer.Option("--packs", metavar="A,B", help="政策包，默认全部 · packs, default all")]
Name = Annotated[str, typer.Argument(help="政策编号、名称或 编号@版本 · id, name or id@version")]


def register(app: typer.Typer) -> None:
    """Add the group ``packs`` to the application."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="政策包 · policy packs.")
    group.command("list")(list_policies)
    group.command("show")(show)
    group.command("test")(run_tests)
    group.command("diff")(diff)
    group.command("lint")(linting.lint)
    editing.register(group)
    app.add_typer(group, name="packs")


def _period(policy: Policy) -> str:
    return f"{policy.start or '…'} – {policy.end or '…'}"


def list_policies(
    packs: Packs = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="只列当日有效的 · in force that day")] = None,
) -> int:
    """列出政策及其版本、施行期和状态 · list policies."""
    from wutong.packs import choose, load_packs

    found = load_packs(names(packs))
    found = choose(found, day(on)) if on else found
    view = screen()
    if view.as_json:
        view.json({"ok": True, "policies": [
            {"policy": p.key, "version": p.version, "zh": p.zh, "en": p.en, "kind": p.kind, "status": p.status,
             "from": p.start, "to": p.end, "conditions": len(p.conditions), "benefits": len(p.benefits),
             "sha256": p.sha256}
            for p in found
        ]})
        return Exit.OK
    heads = [view.text(*t) for t in (("政策", "Policy"), ("名称", "Name"), ("版本", "Version"), ("类别", "Kind"),
                                     ("状态", "Status"), ("施行", "In force"), ("条件", "Conditions"))]
    from wutong.report.texts import Words

    words = Words(view.lang)
    view.table(heads, [
        (p.key, words.name(p.zh, p.en), p.version, words.get(p.kind), words.get(p.status), _period(p), str(len(p.conditions)))
        for p in found
    ], right=(6,))
    return Exit.OK


def find(policies: list[Policy], text: str) -> Policy:
    """Return the policy version meant by ``id``, ``pack.id``, a name, or any of them with ``@version``.

    Without a version the latest one wins. Raises WutongError C110.
    """
    wanted, _, version = text.partition("@")
    found = [p for p in policies if wanted in {p.id, p.key, p.zh, p.en} and version in {"", p.version}]
    if not found:
        found = [p for p in policies if wanted and wanted in p.zh and version in {"", p.version}]
    if len({p.key for p in found}) != 1:
        known = list(dict.fromkeys(p.key for p in (found or policies)))
        raise WutongError.of("C110", text=text, names="、".join(known))
    return max(found, key=lambda p: p.start or date.min)


def show(policy: Name, packs: Packs = None) -> int:
    """显示一项政策：条件、规则、依据、收益 · show one policy."""
    from wutong.packs import load_packs

    found = find(load_packs(names(packs)), policy)
    view = screen()
    if view.as_json:
        view.json({"ok": True, "policy": _plain(found)})
    else:
        _print_policy(view, found)
    return Exit.OK


def _plain(value: Any) -> Any:
    from wutong.report.plain import plain

    return plain(value)


def _print_policy(view: Screen, policy: Policy) -> None:
    from rich.text import Text

    from wutong.report.texts import Words

    words = Words(view.lang)
    view.out.print(Text(words.name(policy.zh, policy.en), style="bold"))
    view.say(f"{policy.key} {policy.version} · {words.get(policy.kind)} · {words.get(policy.status)} · {_period(policy)}",
             f"{policy.key} {policy.version} · {words.get(policy.kind)} · {words.get(policy.status)} · {_period(policy)}")
    if policy.issuer:
        view.say(policy.issuer, policy.issuer)
    cited = {k: f"{s.doc_no} {s.clause} [{s.grade}]" for k, s in policy.sources.items()}
    view.say("", "")
    view.table([words["condition"], words["rule_text"], words["basis"]], [
        (words.name(c.zh, c.en), c.when or words["by_person"], cited.get(c.source or "", ""))
        for c in policy.conditions
    ])
    _print_figures(view, policy, words)
    if policy.benefits:
        view.say("", "")
        view.table([words["benefits"], words["amount"], words["condition"], words["basis"]], [
            (b.zh, b.amount, b.when or "", cited.get(b.source or "", "")) for b in policy.benefits
        ])


def _print_figures(view: Screen, policy: Policy, words: Words) -> None:
    """Print what `wutong reform --set` changes by name, as it stands on the policy's last day."""
    from wutong.policy.figures import figures

    found = [f for f in figures(policy, policy.end or date.max) if f.named]
    if not found:
        return
    given: list[Named | Parameter] = [*policy.figures, *policy.parameters]
    english = {f"{policy.id}.{x.code}": x.en for x in given}
    view.say("", "")
    heads = [view.text(*t) for t in (("可调数字", "Figure"), ("含义", "Meaning"), ("现值", "Value"), ("说明", "Note"))]
    view.table(heads, [(f.name, words.name(f.zh, english[f.name]), f.text, f.rule) for f in found], (2,))


def run_tests(
    packs: Annotated[list[str] | None, typer.Argument(help="政策包，默认全部 · packs, default all")] = None,
) -> int:
    """运行政策包的全部黄金用例 · run the golden cases."""
    from wutong.policy.golden import run_cases

    view, outcomes = screen(), []
    with view.progress() as progress:
        files = case_files(packs)
        for done, file in enumerate(files, 1):
            outcomes += run_cases(file)
            progress("cases", done, len(files))
    failed = [o for o in outcomes if not o.ok]
    if view.as_json:
        view.json({"ok": not failed, "files": len(files), "checks": len(outcomes), "failed": _plain(failed)})
    else:
        if failed:
            heads = [view.text(*t) for t in (("文件", "File"), ("用例", "Case"), ("项目", "Item"), ("应为", "Expected"),
                                             ("实为", "Got"))]
            view.table(heads, [(o.file, o.case, o.item, str(_plain(o.expected)), str(_plain(o.got))) for o in failed])
        view.say(f"用例文件 {len(files)} 个，检查 {len(outcomes)} 项，失败 {len(failed)} 项",
                 f"{len(files)} case files, {len(outcomes)} checks, {len(failed)} failed")
    return Exit.PACK if failed else Exit.OK


def case_files(packs: list[str] | None) -> list[Path]:
    """Return the golden case files of the packs, all that ship by default. Raises WutongError P119."""
    from wutong.packs.loader import known_packs, pack_files

    folders = sorted({path.parent for pack in packs or known_packs() for path in pack_files(pack)})
    return [file for folder in folders for file in sorted(folder.glob("*.cases.yaml"))]


def diff(
    left: Name,
    right: Name,
    packs: Packs = None,
) -> int:
    """比较两个政策版本（编号@版本 或 YAML 文件）· compare two policy versions."""
    view = screen()
    a, b = (_flat(_plain(p)) for p in _pair(left, right, packs))
    changes = [(k, a.get(k), b.get(k)) for k in dict.fromkeys([*a, *b]) if a.get(k) != b.get(k)]
    if view.as_json:
        view.json({"ok": True, "changes": [{"at": k, "left": x, "right": y} for k, x, y in changes]})
    elif changes:
        view.table([view.text("位置", "At"), left, right], [(k, _shown(x), _shown(y)) for k, x, y in changes])
    else:
        view.say("没有差别。", "No difference.")
    return Exit.OK


def _pair(left: str, right: str, packs: str | None) -> list[Policy]:
    from wutong.packs import load_file, load_packs

    shipped: list[Policy] = []
    found = []
    for text in (left, right):
        path = Path(text)
        if path.suffix in {".yaml", ".yml"} and path.is_file():
            found.append(load_file(path))
        else:
            shipped = shipped or load_packs(names(packs))
            found.append(find(shipped, text))
    return found


def _shown(value: object) -> str:
    return "—" if value is None else str(value)


def _flat(value: Any, at: str = "") -> dict[str, Any]:
    """Return nested data as one level; list items are named by their code or id, so order does not matter.

    >>> _flat({"a": [{"code": "x", "v": 1}], "b": 2, "sha256": "…"})
    {'a.x.v': 1, 'b': 2}
    """
    flat: dict[str, Any] = {}
    items = value.items() if isinstance(value, dict) else ((_label(v, i), v) for i, v in enumerate(value))
    for key, item in items:
        if key in {"sha256", "file", "lines", "code"}:
            continue
        path = f"{at}.{key}" if at else str(key)
        flat |= _flat(item, path) if isinstance(item, dict | list) else {path: item}
    return flat


def _label(item: Any, index: int) -> str:
    return str(item["code"]) if isinstance(item, dict) and "code" in item else str(index + 1)
