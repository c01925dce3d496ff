"""One HTML file that opens without a network, with all tables beside it.

>>> write_document(comparison_document(material), Path("report.zip"))  # doctest: +SKIP
"""

from qscore_core.html_report.document import Document, Facts, Gallery, Picture, Plot, Section, Table, Words
from qscore_core.html_report.of_comparison import Material, comparison_document
from qscore_core.html_report.of_encoder import encoder_document
from qscore_core.html_report.of_signals import Judged
from qscore_core.html_report.thumbnails import Thumbnails
from qscore_core.html_report.writing import html_of, require_report_name, write_document

__all__ = [
    "Document",
    "Facts",
    "Gallery",
    "Judged",
    "Material",
    "Picture",
    "Plot",
    "Section",
    "Table",
    "Thumbnails",
    "Words",
    "comparison_document",
    "encoder_document",
    "html_of",
    "require_report_name",
    "write_document",
]
