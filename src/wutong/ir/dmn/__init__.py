"""FEEL and DMN compiled to SQL with the null rules of the standard (`dmn` mode); see `wutong.ir.dmn.engine`."""
