"""Our numbers beside the paper's, as Markdown."""

from collections.abc import Iterator, Sequence

from bench import paper_tables
from bench.alignment_records import AlignmentRecord
from bench.records import RunRecord
from bench.reproduction_records import ReproductionRecord

HEAD = """## Beside the paper

Ours are small encoders (512 features) on drawn pictures, or on {photographs} CIFAR-10 photographs of 32 x 32 after ten
epochs; the paper's are ResNet-18 on ImageNet-100 and ResNet-50 on ImageNet. Numbers are not expected to agree; what is
asked is whether the same statements hold. `python -m bench.reproduce` makes the records, for every built-in encoder
that is there, and goes on where it stopped.

### Table 1: does Q predict which images the probe gets right?

AUPRC has correct images as its positive class, as in the paper; a signal that knows nothing gets the accuracy, so that
what lies above it is the signal's own.

{scores_verdict}

{scores}

### Figure 2: how many features are needed?

Probes on the features in the middle of the activation rates, at the window that removes the share closest to 40 %.

{curve_verdict}

{curve}

### Figure 3: class means of correct and mis-classified images

Classes with five images or more of both outcomes; cosines of means of unit rows. "Firing" counts the discriminative
features that are highly active in an image.

{means_verdict}

{means}"""

TABLE_2 = """### Table 2: does equation 3 raise the probe's accuracy?

{table}"""

FIGURE_6 = """### Figure 6: core and spurious overlap

Heat-weighted IoU as in the section on overlap; the paper's in units of its figure's grid lines, so that only order can
be compared.

{verdict}

{table}"""

COULD_NOT = r"""### What could not be run here

ImageNet-100 and ImageNet-1K, ResNets of the paper's size, 400 epochs of pretraining: there were neither the pictures
nor GPUs. With both, the same commands give the same tables. `IN100` and `IN1K` are folders with `train` and `val`.

    python -m qscore_core pretrain --method simclr --dataset folder:IN100 --epochs 400 --devices 8 --run simclr
    python -m qscore_core probe    --encoder run:simclr --dataset folder:IN100 --split val --recipe paper
    python -m qscore_core evaluate --encoder run:simclr --dataset folder:IN100 --split val --recipe paper
    python -m qscore_core compress --encoder run:simclr --dataset folder:IN100 --split val
    python -m qscore_core finetune --encoder run:simclr --dataset folder:IN100 --arm control --devices 4
    python -m qscore_core finetune --encoder run:simclr --dataset folder:IN100 --arm q-score --devices 4
    python -m qscore_core fetch    swav/swav_800ep_pretrain
    python -m qscore_core align    --encoder catalog:swav/swav_800ep_pretrain \
        --dataset "salient-imagenet:ROOT?imagenet=IN1K"
    python -m bench.reproduce      --encoder catalog:swav/swav_800ep_pretrain --dataset folder:IN1K \
        --target val --name in1k-swav"""


def section(
    records: Sequence[ReproductionRecord], alignments: Sequence[AlignmentRecord], runs: Sequence[RunRecord]
) -> Iterator[str]:
    """Nothing where no encoder was recorded."""
    if not records:
        return
    photographs = next((f"{record.fit_images:,}" for record in records if not record.dataset), "no")
    yield HEAD.format(
        photographs=photographs,
        scores_verdict=paper_tables.scores_verdict(records),
        scores=paper_tables.scores_table(records),
        curve_verdict=paper_tables.curve_verdict(records),
        curve=paper_tables.curve_table(records),
        means_verdict=paper_tables.means_verdict(records),
        means=paper_tables.means_table(records),
    )
    if runs:
        yield TABLE_2.format(table=paper_tables.regularised_table(runs))
    if alignments:
        yield FIGURE_6.format(
            verdict=paper_tables.overlap_verdict(alignments), table=paper_tables.overlap_table(alignments)
        )
    yield COULD_NOT
