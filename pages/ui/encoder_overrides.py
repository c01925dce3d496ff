"""What the user knows better than the file, as options of the reference."""

import streamlit as st

from pages.ui.encoder_report import Found
from qscore_core.encoders.options import INTERPOLATIONS, NORMALIZATIONS, STEMS
from qscore_core.encoders.presets import PRESETS
from qscore_core.objectives import METHODS
from qscore_core.references import Reference, parse_reference

FOUND = "as found"
OF_ALL = {
    "method": ("Method", tuple(METHODS), "Whose objective fine-tuning continues."),
    "normalize": ("Normalisation", tuple(NORMALIZATIONS), "`none`: values from 0 to 1."),
    "resize": ("Resize, pixels", ("32", "96", "224", "256", "518"), "Shorter side. Any number can be typed."),
    "crop": ("Crop, pixels", ("32", "96", "224", "256", "518"), "Centre square. Any number can be typed."),
    "interpolation": ("Interpolation", tuple(INTERPOLATIONS), "How pictures are resized."),
}
OF_FILES = {
    "preset": ("Preset", tuple(PRESETS), "Everything about the input at once, as a codebase does it."),
    "weights": ("Weights", ("online", "momentum"), "Student and teacher are the same two."),
}
OF_RESNETS = {
    "stem": ("Stem", tuple(STEMS), "`cifar`: 3x3 without max-pool."),
    "padding": ("Stem padding", ("0", "1", "2", "3"), "Leaves no trace in a file; solo-learn's CIFAR stem has 2."),
    "same": ("TensorFlow padding", ("none", "pool", "all"), "`pool` for SimCLR, `all` for BYOL conversions."),
}
OF_VITS = {"heads": ("Attention heads", ("3", "6", "12", "16", "24"), "Leaves no trace in a file.")}
COLUMNS = 5
TYPED = ("resize", "crop", "heads", "padding")


def choose(base: str, found: Found) -> str:
    """Draws the overrides that make sense for this encoder; returns the reference with those that are set."""
    reference = parse_reference(base, ("file", "catalog", "hub"))
    offered = _offered(found)
    _forget_others(base)
    options = {}
    with st.expander("Put right what the file cannot say", icon=":material/build:", expanded=_incomplete(found)):
        columns = st.columns(COLUMNS)
        for place, (name, (title, values, words)) in enumerate(offered.items()):
            chosen = columns[place % COLUMNS].selectbox(
                title,
                values,
                index=None,
                key=_key(name),
                placeholder=FOUND,
                help=words,
                accept_new_options=name in TYPED,
                persist_state="session",
            )
            if chosen:
                options[name] = chosen
        if preset := options.get("preset"):
            st.caption(PRESETS[preset].sentence)
    return str(Reference(reference.scheme, reference.body, options))


def _incomplete(found: Found) -> bool:
    """Whether the file does not fill the network, so that something must be put right."""
    report = found.report
    return report is not None and bool(report.missing or report.unexpected or report.mismatched)


def _offered(found: Found) -> dict[str, tuple[str, tuple[str, ...], str]]:
    if found.report is None:
        return OF_ALL
    own = OF_VITS if found.arch.startswith("vit") else OF_RESNETS
    return {**OF_FILES, **OF_ALL, **own}


def _forget_others(base: str) -> None:
    """Another encoder starts without the overrides of the last one."""
    if st.session_state.get("overrides_of") != base:
        st.session_state["overrides_of"] = base
        for name in (*OF_ALL, *OF_FILES, *OF_RESNETS, *OF_VITS):
            st.session_state[_key(name)] = None


def _key(name: str) -> str:
    return f"override_{name}"
