"""Checkpoint layouts: whose codebase wrote a file, and the backbone in it under standard names."""

from qscore_core.encoders.layouts.backbone import Backbone, find_backbone
from qscore_core.encoders.layouts.codebase import MOMENTUM, ONLINE

__all__ = ["MOMENTUM", "ONLINE", "Backbone", "find_backbone"]
