"""What the officer sees: the workbook, the web pages and the terminal explanation of one run."""
