"""Commands that carry a policy to Excel or DMN and back."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wutong.cli.arguments import existing_file, new_file
from wutong.cli.failure import Exit
from wutong.cli.screen import screen

if TYPE_CHECKING:
    from wutong.policy.edit.document import Document


class DmnVersion(StrEnum):
    """Versions of DMN that are written."""

    v15 = "1.5"
    v13 = "1.3"


Source = Annotated[str, typer.Argument(metavar="POLICY", help="编号、名称、编号@版本，或 YAML 文件 · id, name, id@version or a YAML file")]
Force = Annotated[bool, typer.Option("--force", help="覆盖已有文件 · overwrite")]
Out = Annotated[Path, typer.Argument(metavar="OUT", help="要写的政策文件 · policy file to write")]


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``packs``."""
    group.command("to-excel")(to_excel)
    group.command("from-excel")(from_excel)
    group.command("to-dmn")(to_dmn)
    group.command("from-dmn")(from_dmn)


def to_excel(
    policy: Source,
    file: Annotated[Path, typer.Argument(help="要写的工作簿 · workbook to write")],
    force: Force = False,
) -> int:
    """把政策写成可编辑的 Excel：参数、条件、决策表各一张工作表 · a policy as a workbook to edit."""
    from wutong.policy.edit import xlsx_writer

    return _write(new_file(file, force=force), xlsx_writer.to_xlsx(_document(policy)))


def from_excel(
    file: Annotated[Path, typer.Argument(help="编辑过的工作簿 · edited workbook")], out: Out, force: Force = False,
) -> int:
    """把编辑过的 Excel 读回政策文件；有错的单元格逐个指出 · a workbook back to a policy file."""
    from wutong.policy.edit import xlsx_reader

    text, _ = xlsx_reader.read_xlsx(existing_file(file))
    return _write(new_file(out, force=force), text.encode())


def to_dmn(
    policy: Source,
    file: Annotated[Path, typer.Argument(help="要写的 DMN 文件 · DMN file to write")],
    version: Annotated[DmnVersion, typer.Option("--dmn", help="DMN 版本；dmn-js 用 1.3 · version; dmn-js reads 1.3")] = DmnVersion.v15,
    force: Force = False,
) -> int:
    """把政策写成带图的 DMN，可在 dmn-js 等编辑器打开 · a policy as DMN with its diagram."""
    from wutong.policy.edit import dmn_writer

    xml = dmn_writer.to_dmn(_document(policy), version="1.3" if version is DmnVersion.v13 else "1.5")
    return _write(new_file(file, force=force), xml)


def from_dmn(
    file: Annotated[Path, typer.Argument(help="编辑过的 DMN 文件 · edited DMN file")], out: Out, force: Force = False,
) -> int:
    """把编辑过的 DMN 读回政策文件 · a DMN file back to a policy file."""
    from wutong.policy.edit import dmn_reader

    text, _ = dmn_reader.read_dmn(existing_file(file))
    return _write(new_file(out, force=force), text.encode())


def _document(policy: str) -> Document:
    from wutong.packs import load_file
    from wutong.packs.text import read_text
    from wutong.policy.edit.document import document

    path = _file(policy)
    load_file(path)  # tells what is wrong with the file before anything is made of it
    return document(read_text(path), path.name)


def _file(policy: str) -> Path:
    from wutong.cli.library import find
    from wutong.packs import load_packs

    path = Path(policy)
    if path.suffix in {".yaml", ".yml"}:
        return existing_file(path)
    found = find(load_packs(), policy)
    return Path(str(resources.files("wutong.packs"))) / found.pack / found.file


def _write(path: Path, data: bytes) -> int:
    path.write_bytes(data)
    view = screen()
    if view.as_json:
        view.json({"ok": True, "file": str(path)})
    view.say(f"已写 {path}", f"Wrote {path}")
    return Exit.OK
