"""The folders out of which a server opens files for whoever reaches its pages."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from qscore_core.errors import EncoderError

VARIABLE = "QSCORE_FOLDERS"


@dataclass(frozen=True)
class AllowedFolders:
    """Folders, each with all that lies below it; kept without links and `..`."""

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, folders: Iterable[str | Path]) -> "AllowedFolders":
        """The folders as the person who starts the server names them."""
        return cls(tuple(dict.fromkeys(Path(folder).expanduser().resolve() for folder in folders)))

    @classmethod
    def of_server(cls, workspace: Path) -> "AllowedFolders":
        """QSCORE_FOLDERS (separated as in PATH), or the folder where the server was started; and the workspace."""
        named = [folder for folder in os.environ.get(VARIABLE, "").split(os.pathsep) if folder]
        return cls.of([*(named or [Path.cwd()]), workspace])

    def require(self, path: str | Path) -> Path:
        """The path without links and `..`. Raises EncoderError where it leads out of the folders."""
        try:
            real = Path(path).expanduser().resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, an unknown home, a null byte
            raise EncoderError(f"Encoder file `{path}` cannot be found: {error}.") from error
        if not any(real.is_relative_to(folder) for folder in self.folders):
            shown = ", ".join(f"`{folder}`" for folder in self.folders)
            raise EncoderError(
                f"Encoder file `{path}` lies outside the folders that this server opens: {shown}. Copy it into one of "
                f"them, or start the server with `python -m qscore_core serve --folder {real.parent}` (or {VARIABLE})."
            )
        return real
