"""New figures in, safely: templates, reading, checking, preview, writing, undoing.

The modules run in this order: `safety`, `workbook` and `delimited` read files into
grids of cells (`grids`; workbooks in a child process, `child` and `reader`); `layout`
finds the rows in a grid; `values`, `names` and `resolve` turn them into figures;
`schema` and `checks` test these; `compare` says what is new; `merge` makes the files
to write; `records` and `undo` keep and take back an import.
"""
