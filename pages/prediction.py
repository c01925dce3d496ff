"""How well the score predicts the linear probe's mistakes, with intervals and beside other signals."""

import streamlit as st

from pages.ui import body, cached, judged, work
from pages.ui.plots import plot
from pages.ui.view import View, current_view
from qscore_core import figures
from qscore_core.errors import QScoreError
from qscore_core.evaluation import (
    SignalEvaluation,
    accuracy_by_decile,
    precision_recall_points,
    roc_curve_points,
)
from qscore_core.pipeline import Outcomes


def headline(q: SignalEvaluation) -> None:
    """The three numbers of the paper's table 1, each beside its chance level."""
    row = st.columns(4)
    row[0].metric("Probe accuracy", f"{q.accuracy:.1%}", help="Top-1 of a linear probe fitted on the train split.")
    row[1].metric("AUROC of Q", f"{q.auroc:.3f}", _interval(q.auroc_ci), delta_color="off", delta_arrow="off")
    row[2].metric(
        "AUPRC, correct", f"{q.auprc_correct:.3f}", f"chance {q.accuracy:.3f}", delta_color="off", delta_arrow="off"
    )
    row[3].metric(
        "AUPRC, mis-classified",
        f"{q.auprc_error:.3f}",
        f"chance {1 - q.accuracy:.3f}",
        delta_color="off",
        delta_arrow="off",
    )
    low, high = q.auroc_ci
    if low > 0.5:
        st.success(
            f"Here a low Q-Score goes with mistakes: AUROC {q.auroc:.3f}, 95 % interval {low:.3f} to {high:.3f}."
        )
    elif high < 0.5:
        st.warning(f"Here Q-Score points the wrong way: AUROC {q.auroc:.3f}, 95 % interval {low:.3f} to {high:.3f}.")
    else:
        st.info(f"No relation between Q and mistakes can be told here: the interval {low:.3f} to {high:.3f} holds 0.5.")


def _interval(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}"


def curves(view: View, outcomes: Outcomes) -> None:
    compared = {"Q-Score": view.analysis.scores.q, "Probe confidence (uses labels)": outcomes.confidence}
    correct = outcomes.correct
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("ROC")
        plot(
            lambda: figures.roc({name: roc_curve_points(values, correct) for name, values in compared.items()}),
            view.key,
            key="roc",
            alt="ROC curves of Q-Score and of the probe's confidence",
        )
    with right:
        st.subheader("Precision and recall")
        positive = st.segmented_control(
            "Positive class",
            ["mis-classified", "correct"],
            default="mis-classified",
            required=True,
            key="positive",
        )
        kind = "error" if positive == "mis-classified" else "correct"
        points = lambda: {name: precision_recall_points(q, correct, kind) for name, q in compared.items()}  # noqa: E731
        plot(
            lambda: figures.precision_recall(points(), positive),
            *(view.key, positive),
            key="pr",
            alt=f"Precision and recall, {positive}",
        )


def distributions(view: View, outcomes: Outcomes) -> None:
    q = view.analysis.scores.q
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Q-Score by outcome")
        plot(
            lambda: figures.score_histogram(q, outcomes.correct),
            view.key,
            key="by_outcome",
            alt="Histogram of Q by outcome",
        )
    with right:
        st.subheader("Accuracy by score")
        plot(
            lambda: figures.accuracy_by_score(accuracy_by_decile(q, outcomes.correct), outcomes.accuracy),
            view.key,
            key="deciles",
            alt="Accuracy by tenth of Q",
        )


def rivals(view: View, outcomes: Outcomes) -> None:
    st.subheader("Beside other signals")
    evidence, document = judged.evidence_of(view, outcomes)
    if document is None:
        judged.job_panel(view)
    else:
        judged.show(view, evidence, document)


def page() -> None:
    view = current_view()
    outcomes = view.outcomes()
    if not view.labelled:
        st.info(
            "Whether a score predicts mistakes can only be seen with labels, and this data has none. "
            "The other pages work without."
        )
    elif outcomes is None:
        st.write("A linear probe on the train representations says which images are easy to get right.")
        work.probe_panel(view.choice)
    else:
        try:
            q = cached.signal("Q-Score", view.key, view.analysis.scores.q, outcomes.correct)
        except QScoreError as error:
            st.error(str(error))
        else:
            headline(q)
            curves(view, outcomes)
            distributions(view, outcomes)
            rivals(view, outcomes)


body.alone(page)
