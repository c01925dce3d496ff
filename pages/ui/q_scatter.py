"""Images as points on a canvas, with a lasso: points travel once in 5 bytes each, only the drawn line travels back."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

CSS = """
.plot { position: relative; width: 100%; font-family: var(--st-font); color: var(--st-text-color); }
canvas { display: block; width: 100%; touch-action: none; cursor: crosshair; border-radius: 0.6rem; }
canvas:focus-visible { outline: 2px solid var(--st-primary-color); }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; font-size: 0.8rem; padding: 0 0 0.4rem 3rem; }
.legend span { display: inline-flex; align-items: center; gap: 0.35rem; }
.hint { font-size: 0.78rem; opacity: 0.75; padding: 0.2rem 0 0 3rem; }
"""

JS = """
const PAD = { left: 56, right: 14, top: 10, bottom: 44 }, MOST = 48, TOP = 65535;
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
function mark(draw, shape, x, y, r) {
  draw.beginPath();
  if (shape === 1) { draw.moveTo(x, y - r); draw.lineTo(x + r, y + r); draw.lineTo(x - r, y + r); draw.fill(); }
  else if (shape === 2) draw.fillRect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7);
  else if (shape === 3) {
    draw.moveTo(x - r, y - r); draw.lineTo(x + r, y + r); draw.moveTo(x - r, y + r); draw.lineTo(x + r, y - r);
    draw.lineWidth = 2; draw.stroke();
  } else { draw.arc(x, y, r, 0, 7); draw.fill(); }
}
export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector('.plot');
  if (!root) {
    root = document.createElement('div');
    root.className = 'plot';
    root.innerHTML = '<div class="legend"></div><canvas tabindex="0" role="img"></canvas><div class="hint"></div>';
    parentElement.appendChild(root);
  }
  const canvas = root.querySelector('canvas'), draw = canvas.getContext('2d');
  const points = new Uint16Array(bytes(data.points).buffer), kinds = bytes(data.kinds), n = kinds.length;
  canvas.setAttribute('aria-label', data.alt);
  root.querySelector('.hint').textContent = data.hint;
  root.querySelector('.legend').replaceChildren(...data.legend.map((entry, place) => {
    const line = document.createElement('span'), icon = document.createElement('canvas');
    icon.width = icon.height = 24; icon.style.cssText = 'width:12px;height:12px';
    const pen = icon.getContext('2d');
    pen.fillStyle = pen.strokeStyle = entry.colour;
    mark(pen, place, 12, 12, 8);
    line.append(icon, document.createTextNode(entry.name));
    return line;
  }));
  let width = 0, height = 0, path = [];
  const x = (t) => PAD.left + t * (width - PAD.left - PAD.right);
  const y = (t) => height - PAD.bottom - t * (height - PAD.top - PAD.bottom);
  const share = (value, axis) => (value - data.low[axis]) / (data.high[axis] - data.low[axis]);
  const style = (name) => getComputedStyle(root).getPropertyValue(name);
  function line(drawn, closed) {
    if (drawn.length < 2) return;
    draw.beginPath();
    drawn.forEach(([a, b], k) => (k ? draw.lineTo(x(a), y(b)) : draw.moveTo(x(a), y(b))));
    if (closed) draw.closePath();
    draw.setLineDash([]); draw.lineWidth = 2; draw.strokeStyle = style('--st-primary-color'); draw.stroke();
    draw.globalAlpha = 0.1; draw.fillStyle = style('--st-primary-color'); draw.fill(); draw.globalAlpha = 1;
  }
  function paint() {
    const scale = window.devicePixelRatio || 1;
    width = canvas.clientWidth; height = Math.min(520, Math.max(300, width * 0.72));
    canvas.style.height = height + 'px';
    canvas.width = width * scale; canvas.height = height * scale;
    draw.setTransform(scale, 0, 0, scale, 0, 0);
    draw.clearRect(0, 0, width, height);
    const text = style('--st-text-color'), border = style('--st-border-color');
    draw.font = '12px ' + style('--st-font'); draw.fillStyle = text; draw.strokeStyle = border; draw.lineWidth = 1;
    data.ticks.forEach((ticks, axis) => ticks.forEach((tick) => {
      const at = share(tick.value, axis);
      draw.beginPath();
      if (axis === 0) { draw.moveTo(x(at), y(0)); draw.lineTo(x(at), y(1)); }
      else { draw.moveTo(x(0), y(at)); draw.lineTo(x(1), y(at)); }
      draw.globalAlpha = 0.6; draw.stroke(); draw.globalAlpha = 0.8;
      draw.textAlign = axis === 0 ? 'center' : 'right'; draw.textBaseline = axis === 0 ? 'top' : 'middle';
      draw.fillText(tick.text, axis === 0 ? x(at) : x(0) - 7, axis === 0 ? y(0) + 6 : y(at));
    }));
    draw.globalAlpha = 1; draw.textAlign = 'center'; draw.textBaseline = 'bottom';
    draw.fillText(data.titles[0], x(0.5), height - 4);
    draw.save(); draw.translate(12, y(0.5)); draw.rotate(-Math.PI / 2); draw.fillText(data.titles[1], 0, 4);
    draw.restore();
    draw.globalAlpha = n > 20000 ? 0.35 : 0.75;
    const r = n > 20000 ? 1.6 : n > 4000 ? 2.4 : 3.4;
    data.legend.forEach((entry, kind) => {
      draw.fillStyle = draw.strokeStyle = entry.colour;
      for (let k = 0; k < n; k++) {
        if (kinds[k] === kind) mark(draw, kind, x(points[2 * k] / TOP), y(points[2 * k + 1] / TOP), r);
      }
    });
    draw.globalAlpha = 1; draw.setLineDash([6, 5]); draw.lineWidth = 1.5; draw.strokeStyle = text;
    draw.beginPath();
    const [a, b] = [share(data.at[0], 0), share(data.at[1], 1)];
    draw.moveTo(x(a), y(0)); draw.lineTo(x(a), y(1)); draw.moveTo(x(0), y(b)); draw.lineTo(x(1), y(b)); draw.stroke();
    draw.setLineDash([]); draw.globalAlpha = 0.85; draw.font = '600 12px ' + style('--st-font'); draw.fillStyle = text;
    [['left', 'bottom', 0, 0], ['left', 'top', 0, 1], ['right', 'bottom', 1, 0], ['right', 'top', 1, 1]].forEach(
      ([side, base, u, v], k) => {
        draw.textAlign = side; draw.textBaseline = base;
        draw.fillText(data.quadrants[k], x(u) + (u ? -7 : 7), y(v) + (v ? 7 : -7));
      });
    draw.globalAlpha = 1;
    line(path.length ? path : data.polygon.map(([u, v]) => [share(u, 0), share(v, 1)]), !path.length);
  }
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const u = (event.clientX - box.left - PAD.left) / (width - PAD.left - PAD.right);
    const v = (height - PAD.bottom - (event.clientY - box.top)) / (height - PAD.top - PAD.bottom);
    return [u, v];
  };
  const send = (drawn) => setTriggerValue('drawn', JSON.stringify(drawn));
  canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); path = [place(event)]; };
  canvas.onpointermove = (event) => { if (path.length) { path.push(place(event)); paint(); } };
  canvas.onpointerup = () => {
    const drawn = path, step = Math.ceil(drawn.length / MOST);
    path = [];
    const corners = drawn.filter((_, k) => k % step === 0)
      .map((at) => at.map((t, axis) => data.low[axis] + t * (data.high[axis] - data.low[axis])));
    if (corners.length > 2) send(corners); else paint();
  };
  canvas.ondblclick = () => send([]);
  canvas.onkeydown = (event) => { if (event.key === 'Escape') send([]); };
  paint();
  const watch = new ResizeObserver(() => { if (canvas.clientWidth !== width) paint(); });
  watch.observe(root);
  return () => watch.disconnect();
}
"""

_scatter = st.components.v2.component("qscore_q_scatter", css=CSS, js=JS)
TICKS = 5
TOP = 65535


@dataclass(frozen=True, eq=False)
class Points:
    """`xy` float [point, 2] and for each the place of its `kinds` in `legend`, pairs of a name and a colour."""

    xy: np.ndarray
    kinds: np.ndarray
    legend: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Frame:
    """Titles of both axes, where the lines between the quadrants run, and what their corners are called.

    `quadrants` are named from the lower left upwards, then from the lower right.
    """

    titles: tuple[str, str]
    at: tuple[float, float]
    quadrants: tuple[str, str, str, str]
    hint: str


Corners = list[list[float]]


def q_scatter(
    points: Points, frame: Frame, polygon: Corners, *, key: str, alt: str, on_draw: Callable[[Corners], None]
) -> None:
    """Draws the points; `on_draw` gets the corners of a line just drawn, none when it was taken away."""

    def forward() -> None:
        drawn = st.session_state[key].get("drawn")
        if drawn is not None:
            on_draw(json.loads(drawn))

    low, high = _reach(points.xy)
    scaled = np.round(TOP * (points.xy - low) / (high - low)).astype("<u2")
    data = {
        "points": base64.b64encode(scaled.tobytes()).decode(),
        "kinds": base64.b64encode(points.kinds.astype(np.uint8).tobytes()).decode(),
        "legend": [{"name": name, "colour": colour} for name, colour in points.legend],
        "low": low.tolist(),
        "high": high.tolist(),
        "ticks": [_ticks(*ends) for ends in zip(low, high, strict=True)],
        "titles": frame.titles,
        "at": frame.at,
        "quadrants": frame.quadrants,
        "hint": frame.hint,
        "polygon": polygon,
        "alt": alt,
    }
    _scatter(key=key, data=data, on_drawn_change=forward)


def _reach(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = xy.min(axis=0), xy.max(axis=0)
    margin = np.where(high > low, 0.03 * (high - low), 0.5)
    return low - margin, high + margin


def _ticks(low: float, high: float) -> list[dict[str, object]]:
    """Round numbers within an axis."""
    step = 10 ** np.floor(np.log10((high - low) / TICKS))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= TICKS + 1)
    values = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return [{"value": float(value), "text": f"{value:.6g}"} for value in np.where(np.abs(values) < step / 2, 0, values)]
