"""Every engine gives the same points, bit for bit: hard companies, all models that run, every aggregation."""

from __future__ import annotations

import pytest
from tests.backends.made import tables
from tests.points.made import ON
from tests.points.test_properties import KINDS, nested

from wutong.backends.postgres import PostgresBackend
from wutong.points.loader import load_model, model_files
from wutong.points.score import score

MODELS = {p.stem: p for p in model_files() if "cxjf" not in p.name}


@pytest.fixture(scope="module")
def postgres(postgres_dsn):
    backend = PostgresBackend(postgres_dsn)
    yield backend
    backend.close()


@pytest.fixture(scope="module")
def hard():
    return tables(5000)


def differing(mine, theirs):
    assert mine.schema.names == theirs.schema.names
    return [n for n in mine.schema.names if mine.column(n).to_pylist() != theirs.column(n).to_pylist()]


@pytest.mark.parametrize("name", MODELS)
def test_postgres_gives_the_points_of_duckdb(postgres, hard, name):
    model = load_model(MODELS[name])
    day = model.end or ON
    assert differing(score(hard, model, day).table, score(hard, model, day, postgres).table) == []


@pytest.mark.parametrize("kind", KINDS)
def test_postgres_aggregates_as_duckdb_does(postgres, hard, kind):
    assert differing(score(hard, nested(kind), ON).table, score(hard, nested(kind), ON, postgres).table) == []
