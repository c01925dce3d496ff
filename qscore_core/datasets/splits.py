"""Which split is meant."""

from collections.abc import Sequence

from qscore_core.errors import DatasetError

WHOLE = "all"  # name of the only split of a set that has none


def choose_split(ref: str, split: str | None, existing: Sequence[str]) -> str:
    """The asked split, or the only one. Raises DatasetError listing the ones that exist."""
    if split is None and len(existing) == 1:
        return existing[0]
    if split in existing:
        return str(split)
    listed = ", ".join(f"`{name}`" for name in existing)
    if split is None:
        raise DatasetError(f"Data set `{ref}` has several splits: {listed}. Say which one (--split).")
    raise DatasetError(f"Data set `{ref}` has no split `{split}`. Found {listed}.")
