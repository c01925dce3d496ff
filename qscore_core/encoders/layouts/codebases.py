"""The table of codebases; the first that matches a file describes it.

Addresses and names in it are plain: without `module.` and `_orig_mod.`, which wrappers add. Sources: each codebase's
own saving code.
"""

from qscore_core.encoders.layouts.authors import AUTHORS
from qscore_core.encoders.layouts.libraries import LIBRARIES
from qscore_core.encoders.layouts.ports import PORTS

CODEBASES = (*AUTHORS, *PORTS, *LIBRARIES)
