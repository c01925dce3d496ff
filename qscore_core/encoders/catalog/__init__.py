"""The published encoders as data, and how their files come into the workspace.

>>> from qscore_core.encoders.catalog import published_encoders
>>> published_encoders().find("swav/swav_800ep_pretrain").dim
2048
"""

from qscore_core.encoders.catalog.catalog import Catalog
from qscore_core.encoders.catalog.entry import BRING, CatalogEntry, Checksum, Reported
from qscore_core.encoders.catalog.published import published_encoders, read_catalog
from qscore_core.encoders.catalog.store import Fetched, adopt, at_hand, entry_file, fetch_entry, is_at_hand

__all__ = [
    "BRING",
    "Catalog",
    "CatalogEntry",
    "Checksum",
    "Fetched",
    "Reported",
    "adopt",
    "at_hand",
    "entry_file",
    "fetch_entry",
    "is_at_hand",
    "published_encoders",
    "read_catalog",
]
