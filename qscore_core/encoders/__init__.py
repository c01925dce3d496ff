"""Encoders: frozen networks that give the representation h, named by one reference string.

>>> from qscore_core.encoders import load_encoder
>>> from qscore_core.workspace import Workspace
>>> load_encoder("torchvision:resnet18/random", workspace=Workspace.at()).dim
512
"""

from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.inspect_reference import inspect_reference
from qscore_core.encoders.inspection import Inspection, inspect_checkpoint
from qscore_core.encoders.known import EncoderEntry, known_encoders, search_encoders
from qscore_core.encoders.load import load_encoder
from qscore_core.encoders.own_format import OwnMetadata, read_own_metadata, save_encoder

__all__ = [
    "Encoder",
    "EncoderEntry",
    "Inspection",
    "OwnMetadata",
    "inspect_checkpoint",
    "inspect_reference",
    "known_encoders",
    "load_encoder",
    "read_own_metadata",
    "save_encoder",
    "search_encoders",
]
