"""What to fine-tune with: arms, recipe and every setting, each with the paper's value and a plain sentence."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from pages.ui import address, classroom
from qscore_core.regulariser import Scale
from qscore_core.training import ARMS, MEANINGS, RECIPES, FinetuneRecipe
from qscore_core.training.arms import CONTROL, PAPER_WEIGHT
from qscore_core.training.settings import OPTIMIZERS, PRECISIONS

DEFAULT_ARMS = (CONTROL, "q-score")
PREFIX = "finetune_"
SCALES = {"as they stand": "absolute", "relative to the SSL loss's gradient": "gradient"}


@dataclass(frozen=True)
class Wanted:
    """What the form says; `recipe` may hold values without meaning, which the core refuses with a sentence."""

    arms: tuple[str, ...]
    recipe: FinetuneRecipe
    coefficients: dict[str, float]
    scale: Scale
    seed: int


@dataclass(frozen=True)
class Field:
    """A setting: `name` in the recipe (or among the weights), the paper's value in words, a sentence of help."""

    name: str
    label: str
    paper: str
    sentence: str
    draw: Callable[["Field"], Any]

    @property
    def key(self) -> str:
        return PREFIX + self.name


def _whole(field: Field) -> None:
    st.number_input(field.label, key=field.key, step=1, persist_state="session")


def _small(field: Field) -> None:
    st.number_input(field.label, key=field.key, step=1e-5, format="%.1e", persist_state="session")


def _real(field: Field) -> None:
    st.number_input(field.label, key=field.key, step=0.5, format="%g", persist_state="session")


def _among(*options: str) -> Callable[[Field], None]:
    return lambda field: st.selectbox(field.label, options, key=field.key, persist_state="session")


def _epsilon(field: Field) -> None:
    automatic = st.session_state[PREFIX + "automatic"]
    st.number_input(field.label, key=field.key, step=0.1, format="%g", disabled=automatic, persist_state="session")
    st.toggle("automatic", key=PREFIX + "automatic", persist_state="session")


GROUPS = {
    "Training": (
        Field("epochs", "Epochs", "50", "How often every picture is seen.", _whole),
        Field("batch_size", "Batch size", "not said, 256 here", "Pictures that a step compares.", _whole),
        Field("learning_rate", "Learning rate", "1e-5", "How far a step moves the weights.", _small),
        Field("optimizer", "Optimizer", "lars", "The rule that turns gradients into steps.", _among(*OPTIMIZERS)),
        Field("weight_decay", "Weight decay", "not said, 1e-4 here", "Pulls the weights towards 0.", _small),
        Field("warmup_epochs", "Warm-up epochs", "not said, 10 here", "The rate rises, then falls to 0.", _real),
    ),
    "Discriminative features": (
        Field("epsilon", "ε of D and Q", "4", "Deviations up to be highly active; D: what counts.", _epsilon),
        Field("lower", "Lower percentile", "50", "Features that fire more rarely are not discriminative.", _real),
        Field("upper", "Upper percentile", "95", "Features that fire more often are not discriminative.", _real),
        Field("refresh_epochs", "Find D again every", "never, 0", "Epochs after which D is found anew.", _whole),
    ),
    "Regulariser": (
        Field("q_score", "λ₁, Q term", "1e-4", "How strongly low Q-Scores are raised.", _small),
        Field("columns", "λ₂, column term", "1e-4", "How strongly features that are on everywhere are damped.", _small),
        Field("lasso", "Lasso weight", "1e-4", "Strength of the plain L1 penalty, arm lasso only.", _small),
        Field("scale", "Weights count", "as they stand", "Relative: 0.1 is a tenth of that gradient.", _among(*SCALES)),
    ),
    "Run": (
        Field("seed", "Seed", "not said", "Fixes order and views; the same in all arms.", _whole),
        Field(
            "precision",
            "Precision",
            "not said",
            "auto: bf16-mixed where the device has it, else 32-true.",
            _among(*PRECISIONS),
        ),
        Field(
            "head_warmup_steps", "Head warm-up steps", "none", "For encoders without heads of their own only.", _whole
        ),
    ),
}
FIELDS = [field for group in GROUPS.values() for field in group]
OF_THE_RECIPE = [field.name for field in FIELDS if field.name in asdict(RECIPES["paper"])]


def wanted(default_recipe: str, images: int) -> Wanted:
    """Draws the form for a data set of so many images."""
    _start_form(default_recipe)
    left, right = st.columns([1.1, 1], gap="large")
    with left:
        arms = _arms()
    with right:
        recipe = _recipe(images)
    if classroom.on():
        address.publish({"arms": arms, "recipe": recipe})
        return _read(tuple(arms))
    with st.expander("Settings", icon=":material/tune:"):
        st.caption(
            "They start at the recipe's values and hold for all arms; a weight, for arms that have its term. `tuned` "
            "keeps its own weights."
        )
        for column, (group, fields) in zip(st.columns(len(GROUPS), gap="medium"), GROUPS.items(), strict=True):
            with column:
                st.markdown(f"**{group}**")
                for field in fields:
                    field.draw(field)
                    st.caption(f"{field.sentence} Paper: {field.paper}.")
    address.publish({"arms": arms, "recipe": recipe})
    return _read(tuple(arms))


def _arms() -> list[str]:
    arms = st.multiselect("Arms", list(ARMS), key=PREFIX + "arms", persist_state="session")
    chosen = [arm for arm in ARMS if arm in arms]
    meanings = "\n".join(f"- **{arm}**: {meaning}" for arm, meaning in MEANINGS.items())
    st.caption(f"{meanings}\n\nThe others are compared with `control`: training longer changes an encoder anyway.")
    if CONTROL not in chosen:
        st.warning(
            "Without `control` nobody can tell what the regulariser does from what more training does by itself."
        )
    return chosen


def _recipe(images: int) -> str:
    return st.radio(
        "Recipe",
        list(_recipes()),
        key=PREFIX + "recipe",
        captions=[recipe_words(recipe, recipe.steps(images)) for recipe in _recipes().values()],
        on_change=_take_recipe,
        persist_state="session",
    )


def _recipes() -> dict[str, FinetuneRecipe]:
    """Those that may be chosen here."""
    return {name: recipe for name, recipe in RECIPES.items() if not classroom.on() or name == classroom.RECIPE}


def short(number: float) -> str:
    """`1e-05` -> `1e-5`."""
    return f"{number:g}".replace("e-0", "e-")


def recipe_words(recipe: FinetuneRecipe, steps: int) -> str:
    """A recipe's numbers in a line."""
    epsilon = "automatic ε" if recipe.epsilon == "auto" else f"ε {recipe.epsilon:g}"
    return (
        f"{recipe.epochs} epochs ({steps:,} steps an arm), batch {recipe.batch_size}, {recipe.optimizer} at "
        f"{short(recipe.learning_rate)} after {recipe.warmup_epochs:g} epochs of warm-up, {epsilon}, percentiles "
        f"{recipe.lower:g} to {recipe.upper:g}"
    )


def _start_form(default_recipe: str) -> None:
    """Values from the address, from before, or from the recipe."""
    address.adopt({"arms": address.listing, "recipe": address.one_of(*_recipes())})
    state = st.session_state
    if "arms" in state:
        state[PREFIX + "arms"] = [arm for arm in state.pop("arms") if arm in ARMS]
    if "recipe" in state:
        state[PREFIX + "recipe"] = state.pop("recipe")
        _take_recipe()
    state.setdefault(PREFIX + "arms", list(DEFAULT_ARMS))
    if PREFIX + "recipe" not in state:
        state[PREFIX + "recipe"] = default_recipe
        _take_recipe()


def _take_recipe() -> None:
    """Puts a recipe's values into the fields; what it leaves open starts at the paper's."""
    state = st.session_state
    recipe = RECIPES[state[PREFIX + "recipe"]]
    values = {name: getattr(recipe, name) for name in OF_THE_RECIPE}
    automatic = recipe.epsilon == "auto"
    values |= {"epsilon": RECIPES["paper"].epsilon if automatic else recipe.epsilon, "automatic": automatic}
    values |= {"warmup_epochs": float(recipe.warmup_epochs), "seed": 0, "scale": next(iter(SCALES))}
    values |= dict.fromkeys(("q_score", "columns", "lasso"), PAPER_WEIGHT)
    for name, value in values.items():
        state[PREFIX + name] = value


def _read(arms: tuple[str, ...]) -> Wanted:
    value = {field.name: st.session_state[field.key] for field in FIELDS}
    if st.session_state[PREFIX + "automatic"]:
        value["epsilon"] = "auto"
    return Wanted(
        arms,
        FinetuneRecipe(**{name: value[name] for name in OF_THE_RECIPE}),
        {name: value[name] for name in ("q_score", "columns", "lasso")},
        SCALES[value["scale"]],
        value["seed"],
    )
