"""Colours of points in both themes: ten hues that colour-blind eyes tell apart, and a scale that grows evenly.

The hues are Paul Tol's "muted" scheme and an orange, the dark ones lifted for the dark theme; the scale is matplotlib's
viridis without the end that would vanish in the page.
"""

HUES = {
    "light": [
        *("#332288", "#cc6677", "#44aa99", "#ddaa33", "#88bbdd"),
        *("#882255", "#117733", "#999933", "#aa4499", "#d55e00"),
    ],
    "dark": [
        *("#8c7df0", "#e07f90", "#4fc3b0", "#e6c75a", "#9bd3f5"),
        *("#d0588f", "#46b06b", "#bcbc4f", "#cf78c4", "#f08a3c"),
    ],
}
OTHER_HUE = {"light": "#9a9a94", "dark": "#84888f"}
MISSING_HUE = {"light": "#d3cfc4", "dark": "#474d57"}
SCALE = {
    "light": ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#a5cf2e"],
    "dark": ["#4c4fa0", "#3d6fb0", "#2f8aa8", "#24a59c", "#35bf83", "#6fd35f", "#b5de3f", "#fde725"],
}
