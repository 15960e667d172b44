"""The fixture that writes sheets and reads them."""

from tests.tables.made import read

__all__ = ["read"]
