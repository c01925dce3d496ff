"""What there is to draw: classes, habitats, splits, and the numbers that fix them."""

VERSION = 1  # of the drawing code: raise it whenever any picture changes
SEED = 0
IMAGE_SIZE = 64

# Class k goes with habitat k.
CLASSES: tuple[str, ...] = (
    "striped",
    "petalled",
    "spined",
    "patched",
    "dotted",
    "honeycombed",
    "ringed",
    "checked",
    "spiralled",
    "winged",
)
HABITATS: tuple[str, ...] = (
    "dune",
    "pond",
    "reef",
    "snow",
    "autumn",
    "meadow",
    "night",
    "city",
    "shingle",
    "forest",
)
SPLITS: dict[str, int] = {"train": 4000, "test": 1000, "swapped": 1000}

# Share of images whose habitat goes with their class; the rest draws one of the other nine evenly.
FITTING_SHARE: dict[str, float] = {"train": 0.9, "test": 0.9, "swapped": 0.0}
