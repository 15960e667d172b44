from __future__ import annotations

import re

import typer

from wutong.cli.app import app
from wutong.cli.failure import Exit


def commands() -> set[str]:
    top = typer.main.get_command(app)
    found = set()
    for name, command in top.commands.items():
        inner = getattr(command, "commands", None)
        found |= {f"{name} {sub}" for sub in inner} if inner else {name}
    return found


def test_every_command_is_documented_and_no_other(root):
    page = (root / "docs" / "cli.md").read_text("utf-8")
    shown = set(re.findall(r"^\| `wutong ((?:(?:packs|points|site|audit|grants) )?[a-z][a-z-]*)", page, re.MULTILINE))
    assert shown == commands()


def test_every_exit_code_is_documented_and_no_other(root):
    page = (root / "docs" / "cli.md").read_text("utf-8")
    assert [int(n) for n in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == sorted(Exit)


def test_every_option_of_a_command_is_documented(root):
    page = (root / "docs" / "cli.md").read_text("utf-8")
    top = typer.main.get_command(app)
    groups = [top, *(c for c in top.commands.values() if hasattr(c, "commands"))]
    options = {
        option for group in groups for command in group.commands.values() for parameter in command.params
        for option in parameter.opts if option.startswith("--") and option != "--help"
    }
    assert sorted(o for o in options if f"{o}" not in page) == []
