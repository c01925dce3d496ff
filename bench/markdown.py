"""Numbers and tables as Markdown."""

from collections.abc import Sequence

from bench.changes import Change

NONE = "–"
Interval = tuple[float, float]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def percent(share: float | None, digits: int = 1) -> str:
    """`0.881` -> `88.1 %`."""
    return NONE if share is None else f"{100 * share:.{digits}f} %"


def number(value: float | None, digits: int = 3) -> str:
    return NONE if value is None else f"{value:.{digits}f}"


def with_interval(value: float | None, interval: Interval | None, digits: int = 3) -> str:
    """`0.551 (0.493 to 0.609)`."""
    if value is None or interval is None:
        return number(value, digits)
    return f"{value:.{digits}f} ({interval[0]:.{digits}f} to {interval[1]:.{digits}f})"


def signed(change: Change | None, scale: float = 1.0, digits: int = 3) -> str:
    """`+0.4 (-1.2 to +2.0)`, in bold where the interval leaves out 0."""
    if change is None:
        return NONE
    text = f"{scale * change.mean:+.{digits}f}"
    if change.interval is not None:
        low, high = (f"{scale * end:+.{digits}f}" for end in change.interval)
        text += f" ({low} to {high})"
    return text if change.verdict == "open" else f"**{text}**"


def points(change: Change | None) -> str:
    """A change of a share in percentage points."""
    return signed(change, scale=100, digits=1)
