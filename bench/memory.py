"""Peak memory of extraction and indexing for 10,000 and for 100,000 images, each in a process of its own."""

import resource
import subprocess
import sys
import tempfile

from bench.measure import Row
from bench.pictures import drawn, in_memory
from qscore_core.encoders.assemble import Weights, assemble
from qscore_core.encoders.networks.resnet import ResNetShape, Stem, build_resnet
from qscore_core.encoders.transform import Transform
from qscore_core.extraction import ExtractSettings, extract
from qscore_core.representations import index_of
from qscore_core.workspace import Workspace

FEW, MANY = 10_000, 100_000
MOST = 1.10
SHAPE = ResNetShape(
    "basic", (1, 1, 1, 1), planes=(8, 8, 16, 256), stem=Stem(kernel=3, stride=2, padding=1, pool=False), stem_planes=8
)


def rows() -> list[Row]:
    few, many = peak(FEW), peak(MANY)
    what = f"peak memory of extraction and index: {MANY:,} images / {FEW:,}"
    how = f"{few / 1e6:,.0f} MB and {many / 1e6:,.0f} MB resident; r = {SHAPE.dim}, pictures of 16 px in memory"
    return [Row(what, f"{many / few:.2f}", f"<= {MOST:.2f}", many / few <= MOST, how)]


def peak(images: int) -> int:
    """Bytes, measured in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.memory", str(images)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def main(images: int) -> None:
    transform = Transform(resize=16, crop=16)
    weights = Weights(build_resnet(SHAPE, 0).state_dict(), SHAPE, transform, "untrained", "bench")
    encoder = assemble("bench:small", weights, "cpu")
    dataset = in_memory(drawn(256, 16, 16), images)
    with tempfile.TemporaryDirectory() as root:
        workspace = Workspace.at(root)
        stored = extract(encoder, dataset, ExtractSettings(batch_size=256), workspace=workspace).representations
        index_of(stored, workspace)
    print(1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    main(int(sys.argv[1]))
