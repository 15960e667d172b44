def write_workbook(view, path): pass
