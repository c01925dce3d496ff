"""Files that attack whoever opens them, by name: their bytes, and words of the refusal or `LOADS`.

They want memory, time, or to be taken for something else; those that want to run something are in `payloads`.
"""

from hostile_containers import archives, flat_files, legacies, polyglots
from hostile_pickles import pickles, tensors
from raw_files import legacy_file, program, zip_file


def files():
    """All of them: name -> (bytes, words)."""
    return {
        **{f"{name}, zip": (zip_file(code), words) for name, (code, words) in pickles().items()},
        **{f"{name}, legacy": (legacy_file(code, {}), words) for name, (code, words) in pickles().items()},
        **{f"{name}, zip": (zip_file(program(value)), words) for name, (value, words) in tensors(False).items()},
        **{f"{name}, legacy": (legacy_file(program(value)), words) for name, (value, words) in tensors(True).items()},
        **legacies(),
        **archives(),
        **polyglots(),
        **flat_files(),
    }
