"""What a user installs: one pure wheel that carries texts, catalogue, packs and templates."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(root)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_is_pure_and_carries_every_data_file(root, wheel):
    assert wheel.name.endswith("-py3-none-any.whl")
    source = root / "src"
    data = {
        path.relative_to(source).as_posix()
        for path in (source / "wutong").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert any(name.endswith("catalogue.yaml") for name in data)
    assert any(name.endswith(".cases.yaml") for name in data)
    with zipfile.ZipFile(wheel) as archive:
        assert sorted(data - set(archive.namelist())) == []


def test_names_licence_and_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entry = next(name for name in names if name.endswith("entry_points.txt"))
        assert "wutong = wutong.cli.app:main" in archive.read(entry).decode()
        assert any(name.endswith("licenses/LICENSE") for name in names)
