"""Wutong 梧桐: the open-source operating system of a high-tech zone (高新区)."""

__version__ = "0.1.0"
