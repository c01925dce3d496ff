"""Epsilon as it is typed: a number, or `auto`."""

from qscore_core.errors import SettingsError
from qscore_core.pipeline import Epsilon


def parse_epsilon(text: str) -> Epsilon:
    if text == "auto":
        return "auto"
    try:
        return float(text)
    except ValueError as error:
        raise SettingsError(f"`epsilon` should be a number or `auto`. Found `{text}`.") from error
