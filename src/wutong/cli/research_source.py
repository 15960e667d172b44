"""What a research command works on: an indicator table, a stored step or a points run, as one thing."""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wutong.cli.arguments import existing_file
from wutong.errors import Place, WutongError

if TYPE_CHECKING:
    from wutong.composite.aggregate import Ways
    from wutong.composite.framework import Framework
    from wutong.composite.reading import Study
    from wutong.composite.recipe import Recipe
    from wutong.composite.table import Table
    from wutong.points.run import PointRun


@dataclass(frozen=True)
class Source:
    """A study, and the points run it comes from if it does.

    Of a points run the study holds proven points, already on one scale; `ways` then says how its nodes aggregate.
    """

    study: Study
    hash: str
    run: PointRun | None = None
    ways: Ways | None = None
    recipe: Recipe | None = None

    def table_only(self) -> Source:
        """Return the source if it is a table. Raises WutongError S287 for a points run."""
        if self.run is not None:
            raise WutongError.of("S287", Place(file=self.run.folder.name))
        return self

    def normalised(self, recipe: Recipe) -> tuple[Table, Framework, Ways]:
        """Return normalised indicators with tree and ways: by the recipe, or the points of the run."""
        from wutong.composite.recipe import run

        if self.ways is not None:
            return self.study.table, self.study.tree, self.ways
        chain = run(self.study, recipe, until="normalise")
        return chain.normalised, chain.tree, recipe.ways()

    def aggregated(self, recipe: Recipe) -> tuple[Table, Framework]:
        """Return the aggregated table with its tree."""
        from wutong.composite.aggregate import aggregate

        table, tree, ways = self.normalised(recipe)
        return aggregate(table, tree, ways), tree


def open_source(path: Path, meta: Path | None) -> Source:
    """Open a table with `meta`, a stored step, or a points run. Raises S286, C101, and what reading raises."""
    from wutong.composite.reading import read_study
    from wutong.composite.store import KIND, MANIFEST, digest, kind_of_folder, open_study

    if path.is_dir():
        kind = kind_of_folder(path)
        if kind == "points":
            return _points(path)
        if kind == KIND:
            return Source(open_study(path), digest(path / MANIFEST), recipe=_stored_recipe(path))
        raise WutongError.of("S286", Place(file=path.name))
    existing_file(path)
    if meta is None and path.suffix.lower() == ".csv":
        raise WutongError.of("S286", Place(file=path.name))
    about = existing_file(meta) if meta is not None else path
    return Source(read_study(path, about), digest(path))


def _stored_recipe(folder: Path) -> Recipe | None:
    """Return the recipe that a stored index was made with: what follows works on the same chain again."""
    import json

    from wutong.composite.recipe import Recipe

    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    steps = manifest["options"].get("steps") if manifest["command"] == "index" else None
    return Recipe.of([{name: options} for name, options in steps]) if steps else None


def _points(folder: Path) -> Source:
    from wutong.composite.reading import Study
    from wutong.composite.recipe import Recipe
    from wutong.points.research import result_of, study_of
    from wutong.points.run import open_points

    run = open_points(folder)
    table, tree, ways = study_of(result_of(run))
    return Source(Study(table, tree), run.id, run, ways, Recipe.of([{"normalise": {"method": "none"}}]))
