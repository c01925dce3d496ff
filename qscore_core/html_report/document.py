"""A report as a value: sections of words, facts, tables, plots and galleries, and the tables that go beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go


@dataclass(frozen=True)
class Facts:
    """Names and values, one line each."""

    rows: Mapping[str, str]
    kind: str = "facts"


@dataclass(frozen=True, eq=False)
class Table:
    """A small table, shown as it is."""

    rows: pd.DataFrame
    kind: str = "table"


@dataclass(frozen=True, eq=False)
class Plot:
    """A figure, and what it shows in words for those who do not see it."""

    figure: go.Figure
    alt: str
    kind: str = "plot"


@dataclass(frozen=True)
class Picture:
    """A picture as a data address, with its lines of text; `tint` is `correct`, `wrong` or empty."""

    source: str
    title: str
    note: str
    answer: str = ""
    tint: str = ""


@dataclass(frozen=True)
class Gallery:
    """Pictures under a heading."""

    title: str
    pictures: tuple[Picture, ...]
    kind: str = "gallery"


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str
    kind: str = "words"


Block = Facts | Table | Plot | Gallery | Words


@dataclass(frozen=True)
class Section:
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, eq=False)
class Document:
    """What a report says, and the whole tables that stand beside it as files, by name.

    `representations` are the digests of those that it was made from.
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    representations: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
