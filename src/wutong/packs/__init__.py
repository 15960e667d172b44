"""Packs: policies as YAML files an officer can read, chosen by the date of assessment."""

from wutong.packs.loader import choose, load_file, load_packs, pack_files
from wutong.packs.model import Benefit, Condition, Policy, Source

__all__ = ["Benefit", "Condition", "Policy", "Source", "choose", "load_file", "load_packs", "pack_files"]
