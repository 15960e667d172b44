"""SQL as data: types, a dialect-neutral tree, primitives per dialect, printing. Use `wutong.sql.emit`."""
