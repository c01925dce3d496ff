"""A report on two to eight encoders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from qscore_core import comparison_figures as figures
from qscore_core.comparison import (
    CompareSettings,
    Comparison,
    Member,
    Pair,
    Similarity,
    class_differences,
    encoder_rows,
    flat,
    image_table,
    matches,
    measure_table,
    most_disagreed,
    pair_in_words,
    pair_table,
)
from qscore_core.html_report.document import Block, Document, Picture, Plot, Section, Table, Words
from qscore_core.html_report.facts import made_from
from qscore_core.html_report.of_encoder import extremes, features_of, plots
from qscore_core.html_report.of_signals import Judged, signal_blocks, signal_tables
from qscore_core.html_report.of_slices import slice_sections
from qscore_core.html_report.pictures import gallery_of, images_of
from qscore_core.html_report.thumbnails import Thumbnails
from qscore_core.measure_leads import leads_in_words
from qscore_core.measure_text import text_table
from qscore_core.slices import Slice

SHOWN = 16
MOST_PAIRS = 6  # shown in full; all are in the tables


@dataclass(frozen=True, eq=False)
class Material:
    """What a comparison's report is made from; `pairs` with how alike their representations are, `slices` to show.

    `judged` by encoder, on all images that it has; none where right and wrong are not known.
    """

    comparison: Comparison
    pairs: tuple[Pair, ...]
    similarities: Mapping[tuple[str, str], Similarity]
    settings: CompareSettings
    thumbnails: Thumbnails
    command: str
    judged: Mapping[str, Judged] = field(default_factory=dict)
    slices: tuple[Slice, ...] = ()


def comparison_document(material: Material) -> Document:
    """One table, every pair image by image, every encoder alone, and how it was made."""
    found = material.comparison
    one = found.members[0].report
    sections = [Section("In numbers", tuple(_overview(material)))]
    sections += slice_sections(material.slices, found.members, material.thumbnails)
    sections += [_pair_section(pair, material) for pair in material.pairs[:MOST_PAIRS]]
    sections += [Section(member.ref, tuple(_alone(member, material))) for member in found.members]
    sections.append(made_from(found.members, material.settings, material.command))
    return Document(
        title=f"{len(found.refs)} encoders on {one.dataset}",
        subtitle=f"{', '.join(found.refs)} on the {found.shared.images:,} images of split {one.split} that all have",
        sections=tuple(sections),
        representations=tuple(digest for member in found.members for digest in member.digests),
        tables=dict(_tables(material)),
    )


def _alone(member: Member, material: Material) -> Iterator[Block]:
    """An encoder by itself."""
    yield from plots(member)
    if judged := material.judged.get(member.ref):
        yield from signal_blocks(judged)
    yield from extremes(member, material.thumbnails)


def _overview(material: Material) -> Iterator[Block]:
    found = material.comparison
    for ref, missing in found.shared.missing.items():
        if missing:
            yield Words(f"{ref} lacks {len(missing):,} images that others have; they are left out of all numbers.")
    table = measure_table(found)
    if said := leads_in_words(table):
        yield Words(said)
    yield Table(text_table(table))
    values = np.eye(len(found.refs))
    for pair in material.pairs:
        i, j = found.refs.index(pair.first), found.refs.index(pair.second)
        values[i, j] = values[j, i] = np.nan if pair.cka_unbiased is None else pair.cka_unbiased
    yield Words("Linear CKA of the unit rows, unbiased (arXiv 1905.00414, 2010.15327): 1 is the same geometry.")
    yield Plot(figures.similarity_matrix(found.refs, values, "CKA"), "Linear CKA of every two encoders")
    if len(material.pairs) > MOST_PAIRS:
        yield Words(f"{MOST_PAIRS} of the {len(material.pairs)} pairs follow; the tables hold all.")


def _pair_section(pair: Pair, material: Material) -> Section:
    found = material.comparison
    table = pair_table(found, pair)
    outcomes = table["outcome"].to_numpy() if "outcome" in table else None
    blocks: list[Block] = [
        Words(f"A is {pair.first}, B is {pair.second}. {pair_in_words(pair)}"),
        Plot(
            figures.q_scatter(
                table["q_a"].to_numpy(), table["q_b"].to_numpy(), outcomes, pair.thresholds, (pair.first, pair.second)
            ),
            "Q of A against Q of B, one point an image",
        ),
        Table(_quadrants(table)),
    ]
    if found.judged:
        differences = _differences(pair, material)
        figure = figures.class_intervals(differences, "A", "B", "accuracy", percent=True)
        blocks.append(Plot(figure, "Accuracy of A minus B in each class"))
    a, b = found.q(pair.first), found.q(pair.second)
    blocks.append(gallery_of("Low for A alone", table.iloc[most_disagreed(a, b, SHOWN)], material.thumbnails, _picture))
    blocks.append(gallery_of("Low for B alone", table.iloc[most_disagreed(b, a, SHOWN)], material.thumbnails, _picture))
    return Section(f"{pair.first} and {pair.second}", tuple(blocks))


def _quadrants(table: pd.DataFrame) -> pd.DataFrame:
    """Images by who scores them low and, where known, who errs."""
    if "outcome" not in table:
        return table["q_quadrant"].value_counts().rename_axis("Q is low for").reset_index(name="images")
    counts = pd.crosstab(table["q_quadrant"], table["outcome"])
    return counts.rename_axis("Q is low for").rename_axis(None, axis=1).reset_index()


def _differences(pair: Pair, material: Material) -> pd.DataFrame:
    found, how = material.comparison, material.settings.report.evaluation
    return class_differences(found.correct(pair.first), found.correct(pair.second), found.class_names(), how)


def _picture(row: pd.Series, source: str) -> Picture:
    title, note = row["class_name"] or str(row["id"]), f"A {row['q_a']:.3f} · B {row['q_b']:.3f}"
    if "outcome" not in row:
        return Picture(source, title, note)
    return Picture(source, title, note, row["outcome"], "correct" if row["outcome"] == "both right" else "wrong")


def _tables(material: Material) -> Iterator[tuple[str, pd.DataFrame]]:
    """Everything, by the names of files; members and pairs are numbered in their order."""
    found = material.comparison
    yield "encoders", flat(encoder_rows(found))
    yield "measures", measure_table(found).table()
    yield "images", image_table(found)
    yield "pairs", pd.json_normalize([pair.as_dict() for pair in material.pairs], sep=" ").map(_in_a_cell)
    for number, member in enumerate(found.members, 1):
        yield f"encoder{number}_images", images_of(member)
        yield f"encoder{number}_features", features_of(member)
        if judged := material.judged.get(member.ref):
            for name, table in signal_tables(judged).items():
                yield f"encoder{number}_{name}", table
    for number, pair in enumerate(material.pairs, 1):
        if found.judged:
            yield f"pair{number}_classes", _differences(pair, material)
        held = material.similarities[pair.first, pair.second]
        yield f"pair{number}_features", matches(np.asarray(held.correlations)).table()


def _in_a_cell(value: object) -> object:
    return str(value) if isinstance(value, list | tuple) else value
