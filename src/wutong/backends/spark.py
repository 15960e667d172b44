"""Spark on one machine or a cluster: it reads the snapshot's own Parquet files and writes folders of Parquet.

The session answers on the loopback address only, shows no web page, and counts by the ANSI rules with exact decimals.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from wutong.backends.protocol import Tables
from wutong.errors import WutongError

SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false",
    "spark.sql.ansi.enabled": "true", "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC", "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd", "spark.sql.caseSensitive": "true",
    # a layer of columns pasted into its readers would be computed once per reader, and exceed what Java compiles
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.CollapseProject",
    "spark.sql.codegen.wholeStage": "false", "spark.sql.lightweightPlanChangeValidation": "false",
    "spark.sql.warehouse.dir": str(Path(tempfile.gettempdir()) / "wutong-spark-warehouse"),
}
"""A run's results and its speed depend on these; on a cluster, the session that is given must have them."""
SMALL = 50_000
"""Below this many rows, compiling expressions to Java and planning again half-way cost more than they save."""


def local_session(threads: int = 2, memory: str = "2g", partitions: int | None = None, java: str = "") -> SparkSession:
    """Return a session of this machine.

    Args:
        threads: cores to use.
        memory: of the Java process, as Java writes it.
        partitions: of a join or a grouping; as many as threads if None.
        java: further options of the Java process.

    Raises:
        WutongError: R193 if Java does not start.
    """
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    logging.getLogger("SQLQueryContextLogger").disabled = True  # it prints the Java stack of what R190 tells in a line
    builder = SparkSession.builder.master(f"local[{threads}]").appName("wutong")
    own = {"spark.driver.memory": memory, "spark.sql.shuffle.partitions": str(partitions or threads),
           "spark.log.level": "OFF", "spark.ui.showConsoleProgress": "false", "spark.driver.extraJavaOptions": f"-Xss16m {java}"}
    for name, value in (SETTINGS | own).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:  # the gateway raises bare exceptions when Java is missing or too old
        raise WutongError.of("R193", reason=str(error).splitlines()[0]) from error


class SparkBackend:
    """Runs statements in one session.

    Args:
        session: of a cluster, with `SETTINGS`; one of this machine if None.
    """

    dialect = "spark"

    def __init__(self, session: SparkSession | None = None) -> None:
        self.session = session or local_session(os.cpu_count() or 2)
        self._folder = tempfile.TemporaryDirectory(prefix="wutong-spark-")
        self._loaded: dict[str, object] = {}

    def query(self, sql: str, tables: Tables, schema: pa.Schema | None = None) -> pa.Table:
        """Run one statement and return its rows.

        Raises:
            WutongError: R190 if the engine refuses the statement.
        """
        self._register(tables)
        try:
            found = self.session.sql(sql).toArrow()
        except PySparkException as error:
            raise WutongError.of("R190", reason=_reason(error)) from error
        return found if schema is None else found.cast(schema)

    def write(self, sql: str, tables: Tables, path: Path, schema: pa.Schema | None = None) -> int:  # noqa: ARG002
        """Run one statement into a folder of Parquet files (zstd), one per partition; returns the number of rows.

        `schema` cannot be kept: Spark has no unsigned types and writes the next wider ones.
        """
        self._register(tables)
        try:
            self.session.sql(sql).write.mode("overwrite").parquet(str(path))
        except PySparkException as error:
            raise WutongError.of("R190", reason=_reason(error)) from error
        return sum(pq.read_metadata(f).num_rows for f in path.glob("*.parquet"))

    def close(self) -> None:
        """Forget the tables; the session goes on, since there is one per process."""
        for name in self._loaded:
            self.session.catalog.dropTempView(name)
        self._folder.cleanup()

    def _register(self, tables: Tables) -> None:
        small = max(map(_rows, tables.values()), default=0) < SMALL
        self.session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN" if small else "FALLBACK")
        self.session.conf.set("spark.sql.adaptive.enabled", str(not small).lower())
        for name, table in tables.items():
            if self._loaded.get(name) is not table:
                self._view(name, table)
                self._loaded[name] = table

    def _view(self, name: str, table: pa.Table | Path) -> None:
        if not isinstance(table, Path):
            file = Path(self._folder.name) / f"{name}-{len(list(Path(self._folder.name).iterdir()))}.parquet"
            pq.write_table(table, file)
            table = file
        self.session.read.parquet(str(table)).createOrReplaceTempView(name)


def _rows(table: pa.Table | Path) -> int:
    return int(table.num_rows if isinstance(table, pa.Table) else pq.read_metadata(table).num_rows)


def _reason(error: Any) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
