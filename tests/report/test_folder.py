from __future__ import annotations

import pytest

from wutong.errors import WutongError
from wutong.report.folder import staged, write_pages


def names(folder) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_pages_land_in_the_folder_and_progress_ends_at_the_total(view, tmp_path):
    seen = []
    total = write_pages(view, tmp_path / "run", lambda *step: seen.append(step))
    assert total == 12 + 8 + 1
    assert seen[-1] == ("pages", 21, 21)
    assert len(names(tmp_path / "run")) == 21
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_pages_of_an_earlier_run_are_replaced(view, tmp_path):
    (tmp_path / "companies").mkdir()
    (tmp_path / "companies" / "gone.html").write_text("old")
    (tmp_path / "results.parquet").write_text("kept")
    write_pages(view, tmp_path)
    assert "companies/gone.html" not in names(tmp_path)
    assert "results.parquet" in names(tmp_path)


def test_staged_folder_appears_only_when_whole(tmp_path):
    out = tmp_path / "deep" / "run"
    with staged(out) as temp:
        (temp / "manifest.json").write_text("{}")
        assert not out.exists()
    assert names(tmp_path) == ["deep/run/manifest.json"]


def fail_inside(out, error) -> None:
    with staged(out) as temp:
        (temp / "manifest.json").write_text("second")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_staged_leaves_nothing_after_a_failure_and_keeps_the_earlier_run(tmp_path, error):
    out = tmp_path / "run"
    with staged(out) as temp:
        (temp / "manifest.json").write_text("first")
    with pytest.raises(error):
        fail_inside(out, error)
    assert names(tmp_path) == ["run/manifest.json"]
    assert (out / "manifest.json").read_text() == "first"


def test_staged_replaces_an_earlier_run_whole(tmp_path):
    out = tmp_path / "run"
    for name in ("one", "two"):
        with staged(out) as temp:
            (temp / "manifest.json").write_text(name)
            (temp / name).write_text("")
    assert names(tmp_path) == ["run/manifest.json", "run/two"]


def test_staged_never_touches_a_foreign_folder(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(WutongError) as caught, staged(tmp_path):
        pass
    assert caught.value.code == "C107"
    assert names(tmp_path) == ["thesis.docx"]


def test_staged_over_a_file_is_refused(tmp_path):
    (tmp_path / "f").write_text("x")
    with pytest.raises(WutongError) as caught, staged(tmp_path / "f"):
        pass
    assert caught.value.code == "C107"
