"""Pictures in a grid, each a button that a click or Enter picks. Only addresses travel to the browser."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from pages.ui.in_order import COMES_LATE, in_order

CSS = """
.gallery { display: grid; gap: 0.6rem; }
.card { all: unset; box-sizing: border-box; cursor: pointer; border-radius: 0.6rem; overflow: hidden;
  display: flex; flex-direction: column; justify-content: flex-start;
  background: var(--st-secondary-background-color); border: 2px solid transparent; font-family: var(--st-font); }
.card:hover { border-color: var(--st-border-color); }
.card:focus-visible, .card.picked { border-color: var(--st-primary-color); }
.card img { display: block; width: 100%; aspect-ratio: var(--aspect); object-fit: cover;
  background: var(--st-border-color); }
.heading { grid-column: 1 / -1; margin-top: 0.4rem; font-weight: 600; font-family: var(--st-font);
  color: var(--st-text-color); }
.words { padding: 0.3rem 0.5rem 0.4rem; color: var(--st-text-color); line-height: 1.3; }
.title { font-size: 0.85rem; font-weight: 600; }
.note { font-size: 0.78rem; opacity: 0.75; overflow-wrap: anywhere; }
.outcome { font-size: 0.78rem; font-weight: 600; } .wrong { color: #d1495b; } .correct { color: #3a86c8; }
"""

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  if (comesLate(parentElement, data)) return;
  let root = parentElement.querySelector('.gallery');
  if (!root) {
    root = document.createElement('div');
    root.className = 'gallery';
    parentElement.appendChild(root);
  }
  const columns = () => {
    const gap = parseFloat(getComputedStyle(root).columnGap) || 0;
    const most = Math.max(1, Math.floor((root.clientWidth + gap) / (data.cell + gap)));
    let whole = most;  // fewer, down to half, where the last row of a full page would else be broken
    while (whole > most / 2 && data.full % whole) whole--;
    root.style.gridTemplateColumns = `repeat(${whole > most / 2 ? whole : most}, minmax(0, 1fr))`;
  };
  root.style.setProperty('--aspect', data.aspect);
  const line = (name, text) => {
    const part = document.createElement('div');
    part.className = name;
    part.textContent = text;
    return part;
  };
  root.replaceChildren(...data.cards.flatMap((card) => {
    const button = document.createElement('button');
    button.className = 'card' + (card.id === data.picked ? ' picked' : '');
    button.setAttribute('aria-pressed', card.id === data.picked);
    if (card.address) {
      const image = document.createElement('img');
      image.loading = 'lazy';
      image.src = card.address;
      image.alt = card.alt;
      button.append(image);
    }
    const words = line('words', '');
    words.append(line('title', card.title));
    if (card.answer) words.append(line('outcome ' + card.outcome, card.answer));
    words.append(line('note', card.note));
    button.append(words);
    button.onclick = () => setTriggerValue('picked', card.id);
    return card.heading ? [line('heading', card.heading), button] : button;
  }));
  root.watch?.disconnect();  // that of the last data
  root.watch = new ResizeObserver(columns);
  root.watch.observe(root);
}
"""

_gallery = st.components.v2.component("qscore_gallery", css=CSS, js=COMES_LATE + JS)


@dataclass(frozen=True)
class Card:
    """A picture with lines of text, or those alone where it has no address.

    `answer` is what the probe made of it, tinted by `outcome` (`correct`, `wrong`). A `heading` stands in a line of its
    own before the card and begins a new row.
    """

    id: str
    address: str
    title: str
    note: str
    alt: str
    answer: str = ""
    outcome: str = ""
    heading: str = ""


def gallery(
    cards: Sequence[Card],
    *,
    key: str,
    on_pick: Callable[[str], None],
    picked: str | None = None,
    cell: int = 118,
    aspect: int = 1,
    full: int | None = None,
) -> None:
    """Draws the grid of cells at least `cell` pixels wide, pictures `aspect` times as wide as high.

    A row has fewer than would fit, though more than half, where `full` cards (or all of these) then fill whole rows.
    `on_pick(id)` runs before the page does.
    """

    def forward() -> None:
        chosen = st.session_state[key].get("picked")
        if chosen is not None:
            on_pick(chosen)

    data = {"cards": [asdict(card) for card in cards], "picked": picked, "cell": cell, "aspect": aspect}
    data["full"] = full or len(cards)
    _gallery(key=key, data=in_order(key, data), on_picked_change=forward)
