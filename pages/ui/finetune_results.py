"""Before and after: reports on the parent and on every arm's encoder, side by side."""

import streamlit as st

from pages.ui import cached, going, overlap_change
from pages.ui.choice import Choice
from pages.ui.menu import BY_NAME
from pages.ui.plots import draw
from pages.ui.work_list import Piece, panel
from qscore_core import training_figures as figures
from qscore_core.before_after import BEFORE, compare
from qscore_core.encoder_report import (
    EncoderReport,
    ReportSettings,
    ReportSplits,
    report_splits,
    stored_report,
)
from qscore_core.experiments import Experiment
from qscore_core.measure_text import text_table
from qscore_core.pipeline import Subject

VERB = "encoder-report"
VALUES, AGAINST_CONTROL, AGAINST_BEFORE = "values", "against control", "against before"

ON_AUROC = """**AUROC and AUPRC may fall although the encoder is better.** The paper itself saw AUROC fall from 65.44 to
59.81 for SimCLR on ImageNet-1K: after fine-tuning, images that the probe gets right and images that it gets wrong both
gain Q, so Q tells them apart less well. Judge the encoder by its probe against `control`, and Q by its distribution. An
experiment is one seed: differences that lie within the intervals may be chance."""


@st.cache_data(ttl=cached.LISTING_SECONDS, show_spinner=False)
def _splits(dataset: str, fit: str, split: str) -> ReportSplits:
    return report_splits(dataset, cached.workspace(), fit, split)


def show(experiment: Experiment, choice: Choice) -> None:
    """Offers to make what is missing, follows it, and shows what is there."""
    encoders = {BEFORE: choice.encoder} | {run.label: run.ref for run in experiment.runs if run.done}
    epsilon = experiment.runs[0].epsilon
    st.subheader("Before and after")
    if len(encoders) == 1:
        st.caption("Here the encoder is compared with what became of it, once an arm is done.")
        return
    reports = {name: _stored(ref, choice, epsilon) for name, ref in encoders.items()}
    there = {name: report for name, report in reports.items() if report is not None}
    if len(there) < len(encoders):
        _make({name: ref for name, ref in encoders.items() if name not in there}, choice, epsilon)
    if BEFORE in there and len(there) > 1:
        _compared(there, experiment, epsilon)
        _to_the_images(encoders, choice)


def _stored(encoder: str, choice: Choice, epsilon: float) -> EncoderReport | None:
    which = _splits(choice.dataset, choice.fit, choice.split)
    try:
        rows = {split: cached.representations(encoder, choice.dataset, split) for split in which.names}
    except cached.NotExtractedError:
        return None
    subject = Subject(encoder, choice.dataset)
    return stored_report(subject, which, rows, cached.workspace(), ReportSettings(epsilons=(epsilon,)))


def _make(missing: dict[str, str], choice: Choice, epsilon: float) -> None:
    """A job for each report that is missing, and the button that starts them."""
    pieces = [
        Piece(
            f"Report, {name}",
            VERB,
            _arguments(ref, choice, epsilon),
            f"Report on {choice.encoder}" + ("" if name == BEFORE else f", {name}"),
        )
        for name, ref in missing.items()
    ]
    label = f"Compare before and after ({len(missing)} report{'s' * (len(missing) != 1)} to make)"
    panel(pieces, label, "Representations, probe, Q-Scores and heat of each encoder, in the background.")


def _arguments(ref: str, choice: Choice, epsilon: float) -> tuple[str, ...]:
    subject = ("--dataset", choice.dataset, "--encoder", ref, "--split", choice.split, "--fit", choice.fit)
    return (*subject, "--epsilon", str(epsilon))


def _compared(reports: dict[str, EncoderReport], experiment: Experiment, epsilon: float) -> None:
    comparison = compare(reports, epsilon)
    control = experiment.control.label if experiment.control and experiment.control.label in reports else None
    references = (BEFORE, control) if control else (BEFORE,)
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    with left:
        shown = st.segmented_control(
            "Show",
            [VALUES, AGAINST_BEFORE, *([AGAINST_CONTROL] if control else [])],
            default=VALUES,
            required=True,
            key="finetune_shown",
        )
    csv = comparison.table(references).to_csv(index=False)
    name = "before_after.csv"
    right.download_button("Export CSV", csv, name, "text/csv", icon=":material/download:", width="stretch")
    against = {AGAINST_BEFORE: BEFORE, AGAINST_CONTROL: control}.get(shown)
    st.dataframe(
        text_table(comparison, against, without=(BEFORE,) if against else ()),
        hide_index=True,
        height="content",
        column_config={"what it says": st.column_config.TextColumn(width="large")},
    )
    one = next(iter(reports.values()))
    st.caption(
        f"Q on split `{one.split}`, {one.images:,} images, at the ε {epsilon:g} of the training; discriminative "
        f"features found on `{one.fit}`. Brackets: 95 % intervals over the images."
    )
    st.info(ON_AUROC, icon=":material/info:")
    _histograms(reports, epsilon)


def _to_the_images(encoders: dict[str, str], choice: Choice) -> None:
    """A way to the images whose outcome changed, where masks say what each encoder looks at."""
    if cached.dataset(choice.dataset, choice.split).has_masks:
        *_, newest = encoders.values()
        st.button(
            "Whose outcome changed, and where both look",
            icon=BY_NAME["interpretability"].icon,
            on_click=going.to,
            args=("interpretability",),
            kwargs={"part": overlap_change.TITLE, **overlap_change.chosen(choice.encoder, newest)},
        )


def _histograms(reports: dict[str, EncoderReport], epsilon: float) -> None:
    scores = {name: score for name, report in reports.items() if (score := report.score(f"{epsilon:g}"))}
    if not scores:
        return
    st.markdown("**Q-Scores before and after**")
    images = next(iter(reports.values())).images
    figure = figures.q_histograms({name: score.histogram for name, score in scores.items()}, images, (BEFORE,))
    draw(figure, key="q_before_after", alt="Distribution of Q before and after, every arm over each other")
