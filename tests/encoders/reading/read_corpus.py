"""Reads every file of a folder with little memory and time, and says what came of it; see `test_hostile_files`.

An audit hook notices whatever a payload might do, at the moment it does it.
"""

import copyreg
import json
import os
import resource
import signal
import sys
from pathlib import Path

from hostile_pickles import LIMITS
from payloads import MARK_VARIABLE, MODULE

from qscore_core.encoders.reading import read_checkpoint
from qscore_core.errors import EncoderError

MORE_MEMORY = 3 * 2**30  # bytes of addresses beyond what the imports took; most of it is never touched
SECONDS = 30
WATCHED = ("os.", "subprocess.", "socket.", "shutil.", "pickle.find_class", "exec", "compile", "import", "open")
HARMLESS = {"os.listdir", "os.scandir", "os.walk"}


def main(folder):
    for path in Path(folder).glob("*.warm"):  # torch imports some modules when it first reads
        read_checkpoint(path)
    "".encode("cp437"), "".encode("unicode_escape")  # codecs come as modules, too
    seen = []
    copyreg.add_extension("os", "mkdir", 0xF0)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MORE_MEMORY, size + MORE_MEMORY))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    environment = dict(os.environ)
    sys.addaudithook(
        lambda event, arguments: seen.append(_told(event, arguments)) if event.startswith(WATCHED) else None
    )
    results = {}
    for path in sorted(Path(folder).glob("*.pth")):
        os.environ[MARK_VARIABLE] = str(path.with_suffix(".mark"))
        signal.alarm(SECONDS)
        seen.clear()
        results[path.stem] = {
            "outcome": _outcome(path),
            "seen": [told for told in seen if told and path.name not in told],
        }
    signal.alarm(0)
    changed = sorted(name for name in {*environment, *os.environ} if environment.get(name) != os.environ.get(name))
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    document = {"files": results, "environment": changed, "imported": MODULE in sys.modules, "memory": memory}
    sys.stdout.write(json.dumps(document))


def _outcome(path):
    try:
        content = read_checkpoint(path, LIMITS)
    except EncoderError as error:
        return ["refused", str(error)]
    except BaseException as error:
        return ["failed", repr(error)]
    return ["loaded", [content.reader, *content.refused]]


def _told(event, arguments):
    if event in HARMLESS or (event == "open" and arguments[1] in ("r", "rb")):
        return ""
    return f"{event} {arguments}"[:200]


if __name__ == "__main__":
    main(sys.argv[1])
