"""From the name of an engine to a backend, with a remedy where something is missing."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

from wutong.backends.protocol import Backend
from wutong.errors import WutongError

ENGINES = ("duckdb", "postgres", "spark")
DSN = "WUTONG_POSTGRES"
"""The environment variable that holds the connection string."""


def open_backend(engine: str = "duckdb", *, dsn: str | None = None, threads: int | None = None) -> Backend:
    """Return a backend by name.

    Args:
        engine: one of `ENGINES`.
        dsn: of the PostgreSQL server; from the environment if None.
        threads: of DuckDB or Spark; its own choice if None.

    Raises:
        WutongError: R192 unknown name, R194 its Python package is missing, R195 no DSN, R191 no server, R196 no
            Java, R193 Java does not start.
    """
    if engine == "postgres":
        return _postgres(dsn or os.environ.get(DSN, ""))
    if engine == "spark":
        return _spark(threads)
    if engine != "duckdb":
        raise WutongError.of("R192", engine=engine, known="、".join(ENGINES))
    from wutong.backends.duckdb import DuckDBBackend  # noqa: PLC0415 - another backend must not load DuckDB

    return DuckDBBackend(threads)


def _needs(package: str, extra: str) -> None:
    if find_spec(package) is None:
        raise WutongError.of("R194", package=package, extra=extra)


def _postgres(dsn: str) -> Backend:
    _needs("psycopg", "postgres")
    if not dsn:
        raise WutongError.of("R195", variable=DSN)
    from wutong.backends.postgres import PostgresBackend  # noqa: PLC0415 - an extra

    return PostgresBackend(dsn)


def _spark(threads: int | None) -> Backend:
    _needs("pyspark", "spark")
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and shutil.which("java", path=f"{home}/bin")):
        raise WutongError.of("R196")
    from wutong.backends.spark import SparkBackend, local_session  # noqa: PLC0415 - an extra

    return SparkBackend(local_session(threads or os.cpu_count() or 2))
