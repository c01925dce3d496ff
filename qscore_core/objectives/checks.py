"""Checks that settings of several objectives share."""

from qscore_core.errors import SettingsError


def require_above_zero(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise SettingsError(f"`{name}` should exceed 0. Found {value}.")


def require_not_negative(**values: float) -> None:
    for name, value in values.items():
        if not value >= 0:
            raise SettingsError(f"`{name}` should be at least 0. Found {value}.")


def require_shares(**values: float) -> None:
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise SettingsError(f"`{name}` should lie between 0 and 1. Found {value}.")
