"""Decision tables and models (OMG DMN 1.5): data, XML and YAML forms, evaluation, conformance runner."""

from wutong.dmn.writer import dump_dmn
from wutong.dmn.xml import load_dmn
from wutong.dmn.yaml_form import load_yaml
from wutong.dmn.yaml_writer import dump_yaml

__all__ = ["dump_dmn", "dump_yaml", "load_dmn", "load_yaml"]
