"""Decision tables and models (OMG DMN 1.5): data, XML form, evaluation, conformance runner."""

from wutong.dmn.writer import dump_dmn
from wutong.dmn.xml import load_dmn

__all__ = ["dump_dmn", "load_dmn"]
