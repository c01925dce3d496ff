"""Opening a stranger's checkpoint: what it holds, read without running its code, in bounded time and memory.

>>> import tempfile, torch
>>> from pathlib import Path
>>> with tempfile.TemporaryDirectory() as folder:
...     torch.save({"epoch": 3, "state_dict": {"weight": torch.zeros(2)}}, Path(folder) / "w.pth")
...     content = read_checkpoint(Path(folder) / "w.pth")
>>> content.entries["epoch"], content.reader, content.refused
(3, 'weights_only', ())
"""

from qscore_core.encoders.reading.allowed_folders import AllowedFolders
from qscore_core.encoders.reading.content import Content, Inert
from qscore_core.encoders.reading.file_kind import FileKind, kind_of
from qscore_core.encoders.reading.limits import Limits
from qscore_core.encoders.reading.safe_reader import read_checkpoint

__all__ = ["AllowedFolders", "Content", "FileKind", "Inert", "Limits", "kind_of", "read_checkpoint"]
