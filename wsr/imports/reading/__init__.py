"""Reading the world's spreadsheets: `open_book(path, filename)` gives sheets, sheets give rows.

Pure Python without a database. Nothing here decides what a column means; that is `wsr.imports.mapping`.
"""

from wsr.imports.reading.book import open_book
from wsr.imports.reading.errors import ReadError
from wsr.imports.reading.shapes import Book, Column, Row, Sheet

__all__ = ["Book", "Column", "ReadError", "Row", "Sheet", "open_book"]
