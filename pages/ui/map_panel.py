"""A picture, its heat map and its masks side by side, with the files to take along."""

import numpy as np
import streamlit as st

from pages.ui.map_look import Look
from pages.ui.map_pictures import drawn
from pages.ui.pictures import LARGE, absolute
from pages.ui.seen import Seen
from qscore_core.alignment import KINDS, Thresholds
from qscore_core.alignment.metrics import mask_area
from qscore_core.heatmaps import ShownMaps, archived, coloured, composed, png, resized, with_masks

NO_SIGNAL = "**No signal**: this map is zero everywhere, so nothing is hot."
BAR = 16  # pixels, of a legend as wide as the map
MASKS = ":green[core] and :orange[spurious] parts"


def show(seen: Seen, number: int, maps: ShownMaps | None, look: Look, thresholds: Thresholds, words: str) -> None:
    """Image `number` of those seen; `words` say what its map shows, or where there are no `maps`, why."""
    picture, title = seen.pictures[number], f"picture {seen.view.target.table['id'].iloc[seen.places[number]]}"
    has_masks = bool((seen.masks[number] > 0).any())
    columns = st.columns(2 + has_masks, gap="small")
    _picture(columns[0], drawn(resized, picture, LARGE), "the picture, as the network sees it", title.capitalize())
    if maps is None:
        columns[1].info(words, icon=":material/block:")
    else:
        address = drawn(composed, picture, maps.values[number], maps.signed, look.style, LARGE)
        _picture(columns[1], address, words, f"Heat map of {title}: {words}")
        _legend(columns[1], maps.signed, look)
        if not maps.signal[number]:
            columns[1].info(NO_SIGNAL, icon=":material/visibility_off:")
    if has_masks:
        areas = mask_area(seen.masks[number], thresholds.mask).numpy()
        _picture(columns[-1], drawn(with_masks, picture, *areas, LARGE), MASKS, f"Masks of {title}")


def _picture(column: st.delta_generator.DeltaGenerator, address: str, words: str, alt: str) -> None:
    column.image(absolute(address), width="stretch", alt=alt)
    column.caption(words)


def _legend(column: st.delta_generator.DeltaGenerator, signed: bool, look: Look) -> None:
    """The map's colours from end to end, where there are any, and what the ends mean."""
    if look.style.name != "contour":
        strip = np.tile(np.linspace(-1 if signed else 0, 1, LARGE), (BAR, 1))
        column.image(absolute(drawn(coloured, strip, signed)), width="stretch", alt="Colours of the map")
    column.caption(look.legend())


def downloads(seen: Seen, heat: np.ndarray, maps: ShownMaps, look: Look, name: str) -> None:
    """The map as a picture, and the arrays as the method gave them."""
    left, right = st.columns(2)
    picture = lambda: png(composed(seen.pictures[0], maps.values[0], maps.signed, look.style, LARGE))  # noqa: E731
    left.download_button("Picture", picture, f"{name}.png", "image/png", icon=":material/image:", width="stretch")
    masks = {kind: mask.numpy() for kind, mask in zip(KINDS, seen.masks[0], strict=True) if (mask > 0).any()}
    arrays = lambda: archived(heat=heat[0], picture=seen.pictures[0], **masks)  # noqa: E731
    right.download_button(
        "Arrays",
        arrays,
        f"{name}.npz",
        "application/octet-stream",
        icon=":material/data_array:",
        width="stretch",
        help="`heat` neither scaled nor clipped, `picture` as the network sees it, and the masks, for `numpy.load`.",
    )
