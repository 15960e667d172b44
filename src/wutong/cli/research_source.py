"""What a research command works on: an indicator table, a stored step or a points run, as one thing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from wutong.cli.arguments import existing_file
from wutong.composite.aggregate import Ways, aggregate
from wutong.composite.framework import Framework
from wutong.composite.reading import Study, read_study
from wutong.composite.recipe import Recipe, run
from wutong.composite.store import KIND, MANIFEST, digest, kind_of_folder, open_study
from wutong.composite.table import Table
from wutong.errors import Lang, Place, WutongError
from wutong.points.research import result_of, study_of
from wutong.points.run import PointRun, open_points


@dataclass(frozen=True)
class Source:
    """A study, and the points run it comes from if it does.

    `recipe` is what the source was made with. Of a points run the study holds proven points, already on one scale.
    """

    study: Study
    hash: str
    run: PointRun | None = None
    recipe: Recipe | None = None

    def mark(self, lang: Lang) -> str:
        """Return what must stand on every result of an unofficial model or of invented companies."""
        if self.run is None:
            return ""
        model = self.run.model
        banner = model.banner if lang == "zh" else model.banner_en or model.banner
        demo = ("演示数据" if lang == "zh" else "demonstration data") if self.run.manifest.get("demo") else ""
        return " · ".join(part for part in (banner, demo) if part)

    def table_only(self) -> Source:
        """Return the source if it is a table. Raises WutongError S287 for a points run."""
        if self.run is not None:
            raise WutongError.of("S287", Place(file=self.run.folder.name))
        return self

    def normalised(self, recipe: Recipe) -> tuple[Table, Framework, Ways]:
        """Return normalised indicators with tree and ways."""
        chain = run(self.study, recipe, until="normalise")
        return chain.normalised, chain.tree, recipe.ways()

    def aggregated(self, recipe: Recipe) -> tuple[Table, Framework]:
        """Return the aggregated table with its tree."""
        table, tree, ways = self.normalised(recipe)
        return aggregate(table, tree, ways), tree


def open_source(path: Path, meta: Path | None) -> Source:
    """Open a table with `meta`, a stored step, or a points run. Raises S286, C101, and what reading raises."""
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
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    steps = manifest["options"].get("steps") if manifest["command"] == "index" else None
    return Recipe.of([{name: options} for name, options in steps]) if steps else None


def _points(folder: Path) -> Source:
    opened = open_points(folder)
    table, tree, ways = study_of(result_of(opened))
    methods = {c: {"method": w.method, "power": w.power, "ddof": w.ddof, "floor": w.floor} for c, w in ways.items()}
    recipe = Recipe.of([{"normalise": {"method": "none"}}, {"aggregate": {"method": methods}}])
    return Source(Study(table, tree), opened.id, opened, recipe)
