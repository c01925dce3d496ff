"""Objects that run something when an unsafe reader opens them; each makes the folder or file `mark`."""

import functools
import io
import os
import pickle
import subprocess
import sys
from pathlib import Path

import torch

MODULE = "canary_of_tests"  # a module that makes a mark when it is imported
MARK_VARIABLE = "QSCORE_TEST_MARK"


class Calls:
    """Unpickled, it calls `function(*arguments)`."""

    def __init__(self, function, *arguments, state=None):
        self.reduced = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self):
        return self.reduced

    def __call__(self):
        """Pickle wants a function to be callable already when it is written."""


def write_module(folder):
    """The module that `imports` wants."""
    (folder / f"{MODULE}.py").write_text(f"import os\nos.mkdir(os.environ[{MARK_VARIABLE!r}])\n")


def runs(mark):
    """One payload for each way to run something, by name; `mark` is where they leave their trace."""
    mkdir = f"__import__('os').mkdir({str(mark)!r})"
    inner = Calls(os.mkdir, str(mark))
    inner_file = io.BytesIO()
    torch.save(inner, inner_file)
    return {
        "opens a file": Calls(open, str(mark), "w"),
        "makes a folder": Calls(os.mkdir, str(mark)),
        "os.system": Calls(os.system, f"mkdir '{mark}'"),
        "starts a process": Calls(subprocess.run, ["mkdir", str(mark)]),
        "spawns": Calls(os.posix_spawn, "/bin/mkdir", ["mkdir", str(mark)], {}),
        "eval": Calls(eval, mkdir),
        "exec": Calls(exec, mkdir),
        "imports": Calls(__import__, MODULE),
        "getattr chain": Calls(Calls(getattr, Calls(__import__, "os"), "mkdir"), str(mark)),
        "partial": Calls(Calls(functools.partial, os.mkdir, str(mark))),
        "environment": Calls(exec, f"import os; os.environ['CANARY'] = '1'; {mkdir}"),
        "pickle in a pickle": Calls(pickle.loads, pickle.dumps(inner)),
        "torch's own": Calls(torch.storage._load_from_bytes, inner_file.getvalue()),
        "state": Calls(_Stateful, state=str(mark)),
        "module search path": Calls(exec, f"import sys; sys.path.append({str(mark)!r}); {mkdir}"),
    }


class _Stateful:
    def __setstate__(self, state):
        Path(state).mkdir()


if __name__ == "__main__":  # an unsafe reader, to see that the payloads work
    for file in map(Path, sys.argv[1:]):
        os.environ[MARK_VARIABLE] = str(file.with_suffix(".mark"))
        with file.open("rb") as opened:
            pickle.load(opened)
