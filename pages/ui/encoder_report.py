"""What is in an encoder's file, before anything of it is loaded."""

from dataclasses import dataclass

import streamlit as st

from pages.ui import cached
from qscore_core.encoders import Inspection
from qscore_core.encoders.transform import Transform

SHOWN = 400
LISTS = {
    "missing": "Missing: the network needs these, the file has none",
    "unexpected": "Unexpected: the network has no place for these",
    "mismatched": "Of another shape",
    "kept": "Kept",
    "dropped": "Left in the file",
    "refused": "Refused: Python objects that stayed closed",
}


@dataclass(frozen=True)
class Found:
    """What is known of an encoder; `report` is None for hub networks, which are built by their own library."""

    arch: str
    method: str
    dim: int
    transform: Transform
    report: Inspection | None
    notes: tuple[str, ...]


def look(ref: str) -> Found:
    """Reads the file. Raises QScoreError where that cannot be done."""
    if ref.startswith("hub:"):
        loaded = cached.encoder(ref)
        return Found(loaded.arch, loaded.method, loaded.dim, loaded.transform, None, loaded.warnings)
    report = cached.inspection(ref)
    return Found(report.arch, report.method, report.dim, report.transform, report, report.notes)


def show(found: Found) -> None:
    st.subheader("What is in it")
    weights = f" · **{found.report.weights}** weights" if found.report and found.report.weights else ""
    st.markdown(f"**{found.arch}** · method **{found.method}** · **{found.dim:,}** features{weights}")
    if found.report:
        _report(found.report)
    st.markdown(_words(found.transform))
    if found.notes:
        st.info("\n".join(f"- {note}" for note in found.notes))


def _report(report: Inspection) -> None:
    where = f"under `{report.prefix}`" if report.prefix else "without a prefix"
    place = f" at `{report.place}`" if report.place else ""
    others = [role for role in report.weights_available if role != report.weights]
    st.markdown(
        f"Written by **{report.layout}**; the encoder's tensors stand{place} {where}. "
        f"**{len(report.kept)}** kept, **{len(report.dropped)}** left in the file, "
        f"**{len(report.missing)}** missing, **{len(report.unexpected)}** unexpected."
        + _heads(report)
        + (f" There are also {', '.join(others)} weights." if others else "")
    )
    if report.missing or report.unexpected or report.mismatched:
        st.error("It does not fill the network exactly, so it will not be loaded. The lists say what differs.")
    for name, title in LISTS.items():
        keys = getattr(report, name)
        if keys:
            with st.expander(f"{title} ({len(keys)})"):
                more = f"\n... and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
                st.code("\n".join(keys[:SHOWN]) + more, language=None, height=220)


def _words(transform: Transform) -> str:
    """The transform as a sentence."""
    numbers = [", ".join(f"{number:g}" for number in values) for values in (transform.mean, transform.std)]
    plain = (transform.mean, transform.std) == ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    scale = "values 0 to 1, not normalised" if plain else f"mean {numbers[0]}, deviation {numbers[1]}"
    return (
        f"It sees the shorter side at {transform.resize} pixels ({transform.interpolation}), the centre of "
        f"{transform.crop} pixels, {scale}."
    )


def _heads(report: Inspection) -> str:
    if not report.heads:
        return ""
    used = ", ".join(report.finetune_heads) or "none of them, new ones are warmed up first"
    return f" Heads in it: {', '.join(report.heads)}; fine-tuning would go on with {used}."
