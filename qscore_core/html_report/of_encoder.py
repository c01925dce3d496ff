"""A report on one encoder, and the part on each encoder in a report that compares."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from qscore_core import figures
from qscore_core.comparison import CompareSettings, Member, single_table
from qscore_core.evaluation import accuracy_by_decile
from qscore_core.html_report.document import Block, Document, Plot, Section, Table, Words
from qscore_core.html_report.facts import made_from
from qscore_core.html_report.of_signals import Judged, signal_blocks, signal_tables
from qscore_core.html_report.of_slices import slice_sections
from qscore_core.html_report.pictures import gallery_of, images_of, scored
from qscore_core.html_report.thumbnails import Thumbnails
from qscore_core.measure_text import text_table
from qscore_core.slices import Slice

SHOWN = 24


def encoder_document(
    member: Member,
    settings: CompareSettings,
    thumbnails: Thumbnails,
    command: str,
    judged: Judged | None = None,
    slices: Sequence[Slice] = (),
) -> Document:
    """Numbers, distributions, Q beside other signals where outcomes are known, both ends of the ranking, its making.

    `slices` of the scored split get a section each.
    """
    report = member.report
    measures = single_table(member)
    sections = (
        Section("In numbers", (*_findings(member), Table(text_table(measures)))),
        Section("Scores", tuple(plots(member))),
        *([Section("Beside other signals", tuple(signal_blocks(judged)))] if judged else []),
        Section("Images", tuple(extremes(member, thumbnails))),
        *slice_sections(slices, (member,), thumbnails),
        made_from((member,), settings, command),
    )
    return Document(
        title=f"{member.ref} on {report.dataset}",
        subtitle=f"Q-Score report on {report.images:,} images of split {report.split}",
        sections=sections,
        representations=member.digests,
        tables={
            **{"measures": measures.table(), "images": images_of(member), "features": features_of(member)},
            **(signal_tables(judged) if judged else {}),
        },
    )


def _findings(member: Member) -> Iterator[Block]:
    for finding in member.report.findings:
        yield Words(finding)


def plots(member: Member) -> Iterator[Block]:
    """Activation rates, distribution of Q and, with labels, accuracy by Q."""
    analysis, outcomes = member.analysis, member.outcomes
    correct = None if outcomes is None else outcomes.correct
    yield Plot(go.Figure(figures.activation_rates(analysis.features)), "Activation rates of all features, sorted")
    yield Plot(figures.score_histogram(analysis.scores.q, correct), "Distribution of Q")
    if outcomes is not None:
        bins = accuracy_by_decile(analysis.scores.q, outcomes.correct)
        yield Plot(figures.accuracy_by_score(bins, outcomes.accuracy), "Accuracy of the probe by tenths of Q")


def extremes(member: Member, thumbnails: Thumbnails) -> Iterator[Block]:
    """Lowest and highest scores as pictures."""
    table = images_of(member)
    order = np.argsort(table["q_score"].to_numpy(), kind="stable")
    yield gallery_of("Lowest Q-Scores", table.iloc[order[:SHOWN]], thumbnails, scored)
    yield gallery_of("Highest Q-Scores", table.iloc[order[::-1][:SHOWN]], thumbnails, scored)


def features_of(member: Member) -> pd.DataFrame:
    """A_j and membership of D, one row a feature."""
    features = member.analysis.features
    return pd.DataFrame(
        {
            "feature": np.arange(len(features.rates)),
            "rate_percent": features.rates,
            "discriminative": features.discriminative,
        }
    )
