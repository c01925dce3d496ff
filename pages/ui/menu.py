"""The pages of the app, in the order in which a user meets them."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class PageEntry:
    """A page: its script, its address below the server, and how the menu shows it.

    `needs_view` says that the page shows scores, and so waits until they are there; `in_classroom` that it is open to
    those who may only look.
    """

    name: str
    title: str
    icon: str
    path: str
    default: bool = False
    needs_view: bool = True
    in_classroom: bool = True

    @property
    def script(self) -> Path:
        return FOLDER / f"{self.name}.py"


PAGES = (
    PageEntry("start", "Start", ":material/home:", "", default=True),
    PageEntry("encoders", "Encoders", ":material/neurology:", "encoders", needs_view=False, in_classroom=False),
    PageEntry("features", "Discriminative features", ":material/bar_chart:", "features"),
    PageEntry("low_q", "Low-Q images", ":material/image_search:", "low_q"),
    PageEntry("image", "One image", ":material/center_focus_strong:", "image"),
    PageEntry("interpretability", "Heat maps & masks", ":material/join_inner:", "interpretability"),
    PageEntry("prediction", "Does Q predict mistakes?", ":material/query_stats:", "prediction"),
    PageEntry("compare", "Compare", ":material/compare:", "compare", needs_view=False),
    PageEntry("finetune", "Fine-tune", ":material/model_training:", "finetune"),
    PageEntry("jobs", "Jobs", ":material/checklist:", "jobs", needs_view=False),
    PageEntry("lab", "Lab session", ":material/school:", "lab", needs_view=False),
)
BY_NAME = {page.name: page for page in PAGES}
