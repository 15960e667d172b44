"""Sheets of a model: the empty ones to fill in, and a filled one read with checks."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from wutong.site.core.interfaces.exports import written
from wutong.site.core.models import StoredFile

if TYPE_CHECKING:
    from wutong.points.model import PointModel

KINDS = ("weights", "data")


def sheet(model: PointModel, kind: str) -> bytes:
    """Return the weights sheet of a model, or the workbook of the data it needs."""
    from wutong.points.needs import write_data_template  # noqa: PLC0415 - the engine loads slowly
    from wutong.points.sheet import write_weights  # noqa: PLC0415 - the engine loads slowly

    write = write_weights if kind == "weights" else write_data_template
    return written(lambda path: write(model, path), "xlsx")


def filled(model: PointModel, file: StoredFile, given: Mapping[str, str]) -> tuple[str, PointModel]:
    """Return text and model as completed by a filled weights sheet; nothing is guessed.

    Raises:
        WutongError: S310 to S314 with the place in the sheet, S101 for sums that do not hold, S122 for a weight that is
            still missing, P1xx for what no model may say.
    """
    from wutong.points.compile import incomplete  # noqa: PLC0415 - the engine loads slowly
    from wutong.points.loader import find_file  # noqa: PLC0415 - the engine loads slowly
    from wutong.points.sheet import import_weights  # noqa: PLC0415 - the engine loads slowly

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.name  # faults name the file as its person does
        shutil.copyfile(Path(settings.FILES_ROOT) / file.path, path)
        text, made = import_weights(path, find_file(f"{model.id}@{model.version}"), given)
    if made.empty:
        raise incomplete(made)
    return text, made
