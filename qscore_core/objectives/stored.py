"""Settings of objectives, back from JSON."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from qscore_core.errors import SettingsError
from qscore_core.objectives.views import ViewRecipe


def restore(settings_type: type, values: Mapping[str, Any]) -> Any:
    """`settings_type(**values)` with views as ViewRecipe again. Raises SettingsError for values of other settings."""
    try:
        return settings_type(**{name: _restored(value) for name, value in values.items()})
    except TypeError as error:
        names = ", ".join(f"`{field.name}`" for field in fields(settings_type))
        raise SettingsError(f"`objective` should have {names}. Found {', '.join(values)} ({error}).") from error


def _restored(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    # JSON knows lists only; the values here are hashable
    return ViewRecipe(**{name: tuple(entry) if isinstance(entry, list) else entry for name, entry in value.items()})
