"""How a heat map is made and shown: method and layer, style, sign, scale; chosen by the user or by the address."""

from dataclasses import dataclass, replace

import streamlit as st

from pages.ui import address
from qscore_core.encoders import Encoder
from qscore_core.heatmaps import METHODS, SCALES, SIGNS, STYLES, DisplaySettings, Style, Target, layers_of, methods_for

SMOOTHEST = 8.0  # pixels of the network's input
SCALE_NAMES = {"image": "each its own", "shared": "shared"}
HELP = {
    "sign": "\n".join(f"- **{name}**: {words}" for name, words in SIGNS.items()),
    "scale": "Of the small maps below, and of this map beside the pinned image's.\n"
    + "\n".join(f"- **{SCALE_NAMES[name]}**: {words}" for name, words in SCALES.items()),
    "smoothing": "Standard deviation of a Gaussian, in pixels of the network's input.",
}


@dataclass(frozen=True)
class Look:
    """Style, sign and scale of what is shown."""

    style: Style
    display: DisplaySettings

    def contoured_at(self, level: float) -> "Look":
        """With contour lines at `level` times the map's maximum."""
        return replace(self, style=replace(self.style, level=level))

    def legend(self) -> str:
        """What the colours, or the lines, of the map mean."""
        if self.style.name == "contour":
            return f"lines: {self.style.level:.0%} of the strongest heat"
        if self.display.sign == "signed":
            return "blue: against the score · dark: no heat · red: for it"
        strongest = "the strongest place" + (" of all maps" if self.display.scale == "shared" else "")
        return f"dark: no heat · bright: {strongest}"


def choose_method(encoder: Encoder, target: Target | None) -> tuple[str, str | None]:
    """Draws method and layer; every method can be chosen, `reason_against` says which do not run here."""
    address.adopt({"method": address.one_of(*METHODS), "layer": str})
    state = st.session_state
    running = tuple(METHODS) if target is None else methods_for(encoder, target)
    if state.get("method") not in METHODS:
        state["method"] = next((name for name in ("closed_form", "grad_cam") if name in running), running[0])
    method = st.selectbox(
        "Method",
        METHODS,
        format_func=lambda name: METHODS[name].title + ("" if name in running else " (not here)"),
        key="method",
        persist_state="session",
        help="\n".join(f"- **{one.title}**: {one.sentence} ({one.source})" for one in METHODS.values()),
    )
    st.caption(METHODS[method].sentence)
    layer = _layer(encoder) if METHODS[method].has_layer and layers_of(encoder) else None
    address.publish({"method": method, "layer": layer})
    return method, layer


def _layer(encoder: Encoder) -> str:
    layers = layers_of(encoder)
    if st.session_state.get("layer") not in layers:
        st.session_state["layer"] = layers[-1]
    return st.selectbox("Layer", layers, key="layer", persist_state="session", help="The stage that is looked at.")


def choose_look() -> Look:
    """Draws the display's settings."""
    _adopt_look()
    kept = {"persist_state": "session"}
    style = st.segmented_control("Style", STYLES, required=True, key="style", **kept)
    opacity = st.slider("Opacity", 0.0, 1.0, step=0.05, key="opacity", disabled=style != "overlay", **kept)
    sign = st.segmented_control("Sign", SIGNS, required=True, key="sign", help=HELP["sign"], **kept)
    scale = st.segmented_control(
        "Scale", SCALES, format_func=SCALE_NAMES.get, required=True, key="scale", help=HELP["scale"], **kept
    )
    smoothing = st.slider("Smoothing", 0.0, SMOOTHEST, step=0.5, key="smoothing", help=HELP["smoothing"], **kept)
    address.publish({"style": style, "opacity": opacity, "sign": sign, "scale": scale, "smoothing": smoothing})
    return Look(Style(style, opacity), DisplaySettings(sign, scale, smoothing))


def _adopt_look() -> None:
    state = st.session_state
    style, display = Style(), DisplaySettings()
    for key, value in {**vars(display), "style": style.name, "opacity": style.opacity}.items():
        state.setdefault(key, value)
    choices = {"style": address.one_of(*STYLES), "sign": address.one_of(*SIGNS), "scale": address.one_of(*SCALES)}
    numbers = {"opacity": address.between(0, 1), "smoothing": address.between(0, SMOOTHEST)}
    address.adopt({**choices, **numbers})
