"""Commands of the handbook: index, screen, impute, treat, analyse, effective, remove, weights, uncertainty and more.

Each takes a table with metadata, a stored step, or a points run, and stores what it found in a folder.
"""
# ruff: noqa: PLC0415 - the engine is imported when a command needs it: help must come at once

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wutong.cli.arguments import existing_file, names
from wutong.cli.failure import Exit
from wutong.cli.screen import screen

if TYPE_CHECKING:
    from wutong.cli.research_output import Output
    from wutong.cli.research_source import Source
    from wutong.composite.recipe import Recipe

From = Annotated[Path, typer.Argument(metavar="SOURCE", help="指标表、已存的一步或积分运行 · table, stored step or points run")]
Meta = Annotated[Path | None, typer.Option("--meta", metavar="FILE", help="指标元数据表 · table of metadata (iMeta)")]
RecipeFile = Annotated[Path | None, typer.Option("--recipe", metavar="FILE", help="配方 YAML · recipe")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="结果文件夹 · folder of the results")]
Level = Annotated[int, typer.Option("--level", min=1, help="层级，1 为指标 · level, 1 = indicators")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="随机种子 · seed")]
_SHOWN = 20


class Kind(StrEnum):
    """Correlations."""

    pearson = "pearson"
    spearman = "spearman"
    kendall = "kendall"


def register(app: typer.Typer) -> None:
    """Add these commands to the group ``points``, which is made if no other part has."""
    known = next((g.typer_instance for g in app.registered_groups if g.name == "points"), None)
    group = known or typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="积分 · points.")
    for command in (index, screen_units, impute, treat, analyse, effective, remove, weights, uncertainty, sensitivity, audit):
        group.command(command.__name__.removesuffix("_units"), rich_help_panel="研究 · research")(command)
    if known is None:
        app.add_typer(group, name="points")


def _open(source: Path, meta: Path | None) -> Source:
    from wutong.cli.research_source import open_source

    return open_source(source, meta)


def _output(out: Path, command: str, source: Source, options: Mapping[str, Any]) -> Output:
    from wutong.cli.research_output import Output

    return Output(out, command, source, options)


def _recipe(path: Path | None, source: Source) -> Recipe:
    from dataclasses import replace

    from wutong.composite.recipe import Recipe

    own = source.recipe or Recipe()
    if path is None:
        return own
    given = Recipe.load(existing_file(path))
    # The model of a run says how points are made; a recipe can only say what to vary.
    return given if source.run is None else replace(own, vary=given.vary)


def index(
    source: From, out: Out, meta: Meta = None, recipe: RecipeFile = None,
    weights: Annotated[Path | None, typer.Option("--weights", metavar="FILE", help="审定的权重文件 · approved weights")] = None,
) -> int:
    """按配方从原始数据算到指数和排名，每一步都存下 · the whole chain from raw data to index and ranks."""
    from wutong.cli.research_weights import read
    from wutong.composite.recipe import run

    found = _open(source, meta).table_only()
    steps = _recipe(recipe, found)
    if weights is not None:
        steps = steps.changed("aggregate", {**steps.options("aggregate"), "weights": read(existing_file(weights))})
    chain = run(found.study, steps)
    with _output(out, "index", found, {"steps": steps.steps}) as output:
        output.chain(chain)
    output.show(output.sheets[0], limit=_SHOWN)
    return Exit.OK


def _one_step(source: Source, out: Path, name: str, options: dict[str, Any]) -> int:
    from wutong.composite.recipe import Recipe, run

    given = {k: v for k, v in options.items() if v is not None}
    chain = run(source.table_only().study, Recipe.of([{name: given}]), until=name)
    with _output(out, name, source, given) as output:
        output.step(chain, name)
    output.show(output.sheets[0], limit=_SHOWN)
    return Exit.OK


def screen_units(  # noqa: PLR0913, PLR0917 - one option per rule
    source: From, out: Out, meta: Meta = None,
    by: Annotated[str, typer.Option("--by", help="available、nonzero 或 both · which rule")] = "available",
    at_least: Annotated[float, typer.Option("--at-least", help="数据完整度下限 · least share of values")] = 2 / 3,
    nonzero: Annotated[float, typer.Option("--nonzero", help="非零值比例下限 · least share of non-zero values")] = 0.05,
    keep: Annotated[str | None, typer.Option("--keep", metavar="A,B", help="始终保留 · always keep")] = None,
    drop: Annotated[str | None, typer.Option("--drop", metavar="A,B", help="始终剔除 · always drop")] = None,
) -> int:
    """按数据完整度和零值比例筛选单位 · screen units by availability and zeros."""
    force = {**dict.fromkeys(names(keep) or [], True), **dict.fromkeys(names(drop) or [], False)}
    return _one_step(_open(source, meta), out, "screen",
                     {"by": by, "at_least": at_least, "nonzero": nonzero, "force": force or None})


def impute(
    source: From, out: Out, meta: Meta = None,
    method: Annotated[str, typer.Option("--method", help="mean median latest constant linear row_mean row_median")] = "mean",
    group: Annotated[str | None, typer.Option("--group", help="分组列 · grouping column")] = None,
    back: Annotated[int | None, typer.Option("--back", min=1, help="最多回看几期 · how many times back")] = None,
    level: Annotated[int | None, typer.Option("--level", min=2, help="按行补缺时的组 · group of row methods")] = None,
) -> int:
    """补缺失值：均值、中位数、分组、往年值；已有值不变 · fill gaps; observed values never change."""
    return _one_step(_open(source, meta), out, "impute",
                     {"method": method, "group": group, "back": back, "level": level})


def treat(  # noqa: PLR0913, PLR0917 - one option per rule
    source: From, out: Out, meta: Meta = None,
    winmax: Annotated[int, typer.Option("--winmax", min=0, help="最多缩尾几个点 · most points to winsorise")] = 5,
    skew: Annotated[float, typer.Option("--skew", help="偏度门槛 · threshold of skewness")] = 2.0,
    kurtosis: Annotated[float, typer.Option("--kurtosis", help="峰度门槛 · threshold of kurtosis")] = 3.5,
    otherwise: Annotated[str, typer.Option("--otherwise", help="log_ct log_ct_plus log_ct_orig log_gii box_cox none")] = "log_ct",
    power: Annotated[float, typer.Option("--power", help="box_cox 的 λ · lambda")] = 0.0,
    frozen: Annotated[Path | None, typer.Option("--frozen", metavar="FILE", help="沿用 treatments.json · reuse frozen bounds")] = None,
) -> int:
    """处理离群值：缩尾，不够再取对数；界限存入 treatments.json 可沿用 · winsorise, else transform; bounds are kept."""
    options: dict[str, Any] = {"winmax": winmax, "skew": skew, "kurtosis": kurtosis, "otherwise": otherwise, "power": power}
    if frozen is not None:
        options = {"frozen": str(existing_file(frozen))}
    return _one_step(_open(source, meta), out, "treat", options)


def analyse(
    source: From, out: Out, meta: Meta = None, recipe: RecipeFile = None,
    kind: Annotated[Kind, typer.Option("--kind", help="相关系数 · correlation")] = Kind.pearson,
) -> int:
    """发布前的分析：统计、相关、Cronbach α、主成分 · statistics, correlations, alpha, components."""
    from wutong.cli import research_reports as reports

    found = _open(source, meta)
    with _output(out, "analyse", found, {"kind": kind.value}) as output:
        for sheet in reports.analysis(found, _recipe(recipe, found), kind.value):
            output.add(sheet)
    for sheet in output.sheets:
        output.show(sheet, limit=_SHOWN)
    return Exit.OK


def effective(source: From, out: Out, meta: Meta = None, recipe: RecipeFile = None, level: Level = 1) -> int:
    """名义权重与实际影响：有效权重、主效应 · nominal weights beside main effects."""
    from wutong.cli import research_reports as reports

    found = _open(source, meta)
    with _output(out, "effective", found, {"level": level}) as output:
        output.add(reports.effects(*found.aggregated(_recipe(recipe, found)), level))
    output.show(output.sheets[0], limit=_SHOWN)
    return Exit.OK


def remove(source: From, out: Out, meta: Meta = None, recipe: RecipeFile = None, level: Level = 1) -> int:
    """逐个去掉指标或汇总项，看名次变动 · remove elements one by one."""
    from wutong.cli import research_reports as reports

    found = _open(source, meta)
    with _output(out, "remove", found, {"level": level}) as output:
        for sheet in reports.removal(found, _recipe(recipe, found), level):
            output.add(sheet)
    output.show(output.sheets[0], limit=_SHOWN)
    return Exit.OK


def weights(  # noqa: PLR0913, PLR0917 - one option per rule
    source: From,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="候选权重 YAML · candidate file")],
    meta: Meta = None, recipe: RecipeFile = None, level: Level = 1,
    method: Annotated[str, typer.Option("--method", help="equal entropy critic deviation pca balanced bod ahp")] = "equal",
    pairs: Annotated[Path | None, typer.Option("--pairs", metavar="FILE", help="AHP 成对判断表 · judgements in pairs")] = None,
    low: Annotated[float, typer.Option("--low", help="BoD 份额下限 · least share")] = 0.0,
    high: Annotated[float, typer.Option("--high", help="BoD 份额上限 · largest share")] = 1.0,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 · overwrite")] = False,
) -> int:
    """算出候选权重，只写文件，不改模型 · candidate weights; they only go to a file."""
    from wutong.cli import research_weights as candidates
    from wutong.cli.arguments import new_file

    target = new_file(out, force=force)
    found = _open(source, meta)
    made = candidates.find(found, _recipe(recipe, found), method, level, pairs, (low, high))
    candidates.write(target, made, found, method)
    candidates.show(screen(), made, target)
    return Exit.OK


def uncertainty(  # noqa: PLR0913, PLR0917 - one option per rule
    source: From, out: Out, meta: Meta = None, recipe: RecipeFile = None,
    samples: Annotated[int, typer.Option("--samples", min=1, help="抽样次数 · rankings drawn")] = 10_000,
    seed: Seed = 1,
    spread: Annotated[float, typer.Option("--spread", help="权重上下浮动 · weights ± this share")] = 0.25,
    concentration: Annotated[float | None, typer.Option("--concentration", help="改用 Dirichlet · Dirichlet instead")] = None,
    top: Annotated[str, typer.Option("--top", metavar="K,K", help="前 k 名概率 · probability of the first k")] = "10,100",
) -> int:
    """名次有多稳：90% 名次区间、前 k 名概率 · rank bands and probabilities of the first k."""
    from wutong.cli import research_bands as bands
    from wutong.composite.bands import Noise

    found = _open(source, meta)
    noise = Noise(samples, seed, spread, concentration)
    tops = bands.tops(top)
    with _output(out, "uncertainty", found, {"noise": noise, "top": tops}) as output:
        bands.write(output, found, _recipe(recipe, found), noise, tops)
    output.show(output.sheets[0], limit=_SHOWN)
    return Exit.OK


def sensitivity(
    source: From, out: Out, meta: Meta = None, recipe: RecipeFile = None,
    n: Annotated[int, typer.Option("--n", help="基本样本数，2 的幂 · base samples, a power of two")] = 256,
    seed: Seed = 1,
    spread: Annotated[float, typer.Option("--spread", help="权重上下浮动 · weights ± this share")] = 0.25,
) -> int:
    """名次差异来自哪项选择：标准化、汇总、补缺、缩尾、权重的 Sobol 指数 · Sobol indices over the choices."""
    from wutong.cli import research_bands as bands

    found = _open(source, meta)
    steps = _recipe(recipe, found)
    with _output(out, "sensitivity", found, {"n": n, "seed": seed, "spread": spread, "vary": steps.vary}) as output:
        bands.write_sensitivity(output, found, steps, (n, seed, spread))
    output.show(output.sheets[0], limit=_SHOWN)
    return Exit.OK


def audit(
    source: From, out: Out, meta: Meta = None, recipe: RecipeFile = None,
    width: Annotated[float, typer.Option("--width", help="门槛两侧窗口 · window beside a cut, share")] = 0.05,
) -> int:
    """审计一次计分：门槛堆积、分母下限、年度跳变、无来源数据、常数指标、权重与影响 · signs of gaming and weak data."""
    from wutong.cli import research_reports as reports

    found = _open(source, meta)
    with _output(out, "audit", found, {"width": width}) as output:
        for sheet in reports.audit(found, _recipe(recipe, found), width):
            output.add(sheet)
    for sheet in output.sheets:
        output.show(sheet, limit=_SHOWN)
    return Exit.OK
