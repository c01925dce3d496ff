// Points on a canvas: fetched as bytes, drawn here, and only a drawn line or the number of a point goes back.
// Everything in `data` is described beside `scatter` in scatter.py.

const STEPS = 65535, MISSING = 255, DISCS_UP_TO = 40000, CLICK = 4, REACH = 12, MOST_CORNERS = 200;
const ICONS = {
  lasso: '<path d="M7 16c-3-1-5-3-5-6 0-4 5-7 10-7s10 3 10 7-5 7-10 7c-2 0-3 0-5-1z"/><path d="M7 16c1 2 0 4-2 5"/>',
  box: '<rect x="4" y="5" width="16" height="14" stroke-dasharray="3 2.5"/>',
  move: '<path d="M12 3v18M3 12h18M12 3l-2.5 2.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5' +
    'M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5"/>',
  closer: '<path d="M12 5v14M5 12h14"/>',
  farther: '<path d="M5 12h14"/>',
  whole: '<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>',
};
const WORDS = {
  lasso: 'Lasso (L)', box: 'Box (B)', move: 'Move (M)', closer: 'Zoom in (+)', farther: 'Zoom out (-)',
  whole: 'Whole map (0)',
};
const KEYS = { l: 'lasso', b: 'box', m: 'move', '+': 'closer', '=': 'closer', '-': 'farther', 0: 'whole' };

const made = (tag, name, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
};
const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const spelled = (number) => number.toLocaleString('en-US');
const figure = (value) => Math.abs(value) >= 100 ? value.toFixed(0) : String(+value.toPrecision(3));

class Scatter {
  constructor(parent) {
    this.root = made('div', 'scatter');
    this.plane = made('div', 'plane');
    this.canvas = made('canvas');
    this.canvas.tabIndex = 0;
    this.context = this.canvas.getContext('2d');
    this.tools = made('div', 'tools');
    this.note = made('div', 'note', 'Fetching the points');
    this.peek = made('div', 'peek');
    this.legend = made('div', 'legend');
    this.told = made('div', 'told');
    this.plane.append(this.canvas, this.tools, this.note, this.peek);
    this.root.append(this.plane, this.legend, this.told);
    parent.appendChild(this.root);
    this.zoom = { scale: 1, x: 0.5, y: 0.5 };
    this.tool = 'lasso';
    this.alone = null;
    this.held = new Map();
    this.makeTools();
    this.listen();
    new ResizeObserver(() => this.size()).observe(this.plane);
    // Colours follow the theme: a change of it changes the background of what is around.
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributes: true });
  }

  async update(data, send) {
    Object.assign(this, { data, send });
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-label', data.alt);
    if (this.canvas.style.height !== data.height + 'px') this.canvas.style.height = data.height + 'px';
    if (this.view !== data.view) Object.assign(this, { view: data.view, zoom: { scale: 1, x: 0.5, y: 0.5 } });
    if (this.title !== data.colour.title) Object.assign(this, { title: data.colour.title, alone: null });
    const wanted = [data.points, data.codes, data.shown, data.rows];
    try {
      const [points, codes, shown, rows] = await Promise.all(wanted.map((address) => this.bytes(address)));
      if (this.data !== data) return;  // a newer update came while this one was waiting
      this.points = new Uint16Array(points);
      this.codes = new Uint8Array(codes);
      this.shown = shown && new Uint8Array(shown);
      this.rows = rows && new Uint32Array(rows);
      for (const address of this.held.keys()) if (!wanted.includes(address)) this.held.delete(address);
      this.note.textContent = this.points.length ? '' : 'No point to show';
    } catch {
      this.note.textContent = 'The points could not be fetched. Load the page again.';
    }
    this.drawLegend();
    this.size();
  }

  async bytes(address) {
    if (!address) return null;
    if (!this.held.has(address)) {
      this.held.set(address, fetch(address).then((answer) => {
        if (!answer.ok) throw new Error(answer.status);
        return answer.arrayBuffer();
      }));
      this.held.get(address).catch(() => this.held.delete(address));
    }
    return this.held.get(address);
  }

  // Geometry: units run from 0 to 1 over the frame, y upwards; pixels are those of the page.
  size() {
    const width = this.plane.clientWidth, height = this.data ? this.data.height : 0;
    if (!width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    if (this.width !== width || this.height !== height || this.ratio !== ratio) {
      Object.assign(this, { width, height, ratio });
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    this.draw();
  }

  get extent() {
    const pad = this.data.axes ? { left: 58, right: 14, top: 14, bottom: 44 } : { left: 6, right: 6, top: 6, bottom: 6 };
    let width = this.width - pad.left - pad.right, height = this.height - pad.top - pad.bottom;
    let { left, top } = pad;
    if (this.data.equal) {
      const [wide, high] = this.data.spans, scale = Math.min(width / wide, height / high);
      left += (width - scale * wide) / 2;
      top += (height - scale * high) / 2;
      width = scale * wide;
      height = scale * high;
    }
    return { left, top, width, height };
  }

  toPixel(x, y) {
    const e = this.extent, z = this.zoom;
    return [e.left + e.width * (0.5 + (x - z.x) * z.scale), e.top + e.height * (0.5 - (y - z.y) * z.scale)];
  }

  toUnit(px, py) {
    const e = this.extent, z = this.zoom;
    return [z.x + ((px - e.left) / e.width - 0.5) / z.scale, z.y - ((py - e.top) / e.height - 0.5) / z.scale];
  }

  zoomBy(factor, px, py) {
    const before = this.toUnit(px, py);
    this.zoom.scale = Math.min(Math.max(this.zoom.scale * factor, 1), 200);
    const after = this.toUnit(px, py);
    this.zoom.x += before[0] - after[0];
    this.zoom.y += before[1] - after[1];
    this.keepNear();
  }

  keepNear() {
    const room = 0.5 / this.zoom.scale;
    this.zoom.x = Math.min(Math.max(this.zoom.x, room), 1 - room);
    this.zoom.y = Math.min(Math.max(this.zoom.y, room), 1 - room);
    this.draw();
  }

  // Drawing
  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = null; this.paint(); });
  }

  paint() {
    if (!this.points || !this.width || !this.canvas.isConnected) return;
    const style = getComputedStyle(this.root), seen = (name) => style.getPropertyValue('--st-' + name).trim();
    this.ink = seen('text-color') || '#222222';
    this.accent = seen('primary-color') || '#1f7a70';
    const light = channels(/^#[0-9a-f]{6}/i.test(this.ink) ? this.ink : '#222222').reduce((a, b) => a + b) < 384;
    if (this.light !== light) { this.light = light; this.drawLegend(); }
    const context = this.context;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    if (this.data.axes) this.drawAxes(context);
    const count = this.points.length / 2;
    (count <= DISCS_UP_TO ? this.drawDiscs : this.drawDensity).call(this, context, count);
    if (this.data.axes) this.drawGuides(context);
    this.drawLine(context, this.line || (this.data.line || []).map(([x, y]) => this.toPixel(x, y)), !this.line);
    this.drawPicked(context);
    this.tellCount(count);
  }

  palette() {
    const theme = this.light ? 'light' : 'dark', colour = this.data.colour, table = new Array(256);
    const missing = channels(colour.missing_colour[theme]);
    table.fill(missing);
    if (colour.names.length) colour.names.forEach((_, code) => { table[code] = channels(colour.hues[theme][code]); });
    else {
      const stops = colour.scale[theme].map(channels), last = stops.length - 1;
      for (let code = 0; code < MISSING; code++) {
        const at = code / 254 * last, low = Math.min(Math.floor(at), last - 1), part = at - low;
        table[code] = stops[low].map((channel, i) => channel + part * (stops[low + 1][i] - channel));
      }
    }
    return table;
  }

  isShown(i) {
    if (this.alone !== null && this.codes[i] !== this.alone) return false;
    return !this.shown || (this.shown[i >> 3] >> (i & 7) & 1) === 1;
  }

  // Few points: discs, faint ones first so that what is shown lies on top. They are blended here, since ten thousand
  // pictures laid on a canvas one by one take a browser several times as long.
  drawDiscs(context, count) {
    const { width, height } = this.canvas, table = this.palette(), points = this.points;
    const grown = Math.min(1 + 0.35 * Math.log2(this.zoom.scale), 2.2);
    const { size, cover } = this.disc((count < 1500 ? 4.2 : count < 8000 ? 3.2 : 2.2) * grown * this.ratio);
    const { ax, bx, ay, by } = this.pixels(1), ink = this.blank(4 * width * height);
    for (const pass of [false, true]) {
      const opacity = pass ? 0.88 : 0.13;
      for (let i = 0; i < count; i++) {
        if (this.isShown(i) !== pass) continue;
        const left = Math.round(points[2 * i] * ax + bx - size / 2), top = Math.round(by - points[2 * i + 1] * ay - size / 2);
        if (left < -size || top < -size || left > width || top > height) continue;
        const [red, green, blue] = table[this.codes[i]];
        for (let at = 0; at < cover.length; at++) {
          const column = left + at % size, row = top + (at / size | 0), share = cover[at] * opacity;
          if (!share || column < 0 || row < 0 || column >= width || row >= height) continue;
          const to = 4 * (row * width + column), rest = 1 - share;
          ink[to] = ink[to] * rest + red * share;
          ink[to + 1] = ink[to + 1] * rest + green * share;
          ink[to + 2] = ink[to + 2] * rest + blue * share;
          ink[to + 3] = ink[to + 3] * rest + share;
        }
      }
    }
    const image = context.createImageData(width, height), { data } = image;
    for (let at = 0; at < ink.length; at += 4) {
      const share = ink[at + 3];
      if (!share) continue;
      for (let part = 0; part < 3; part++) data[at + part] = ink[at + part] / share;
      data[at + 3] = 255 * share;
    }
    this.lay(context, image, 1);
  }

  // How much of each pixel of a square a disc in its middle covers.
  disc(radius) {
    const size = 2 * Math.ceil(radius) + 1, middle = (size - 1) / 2, cover = new Float32Array(size * size);
    cover.forEach((_, at) => {
      const far = Math.hypot(at % size - middle, (at / size | 0) - middle);
      cover[at] = Math.min(1, Math.max(0, radius + 0.5 - far));
    });
    return { size, cover };
  }

  // Room for numbers, used again as long as the canvas keeps its size: a lasso draws with every step of the hand.
  blank(length) {
    if (this.room?.length === length) return this.room.fill(0);
    this.room = new Float32Array(length);
    return this.room;
  }

  // From the steps of a point to pixels of the canvas, of which `fold` are one: x ax + bx and by - y ay.
  pixels(fold) {
    const e = this.extent, z = this.zoom, ratio = this.ratio;
    return {
      ax: e.width * z.scale / STEPS * ratio / fold, bx: (e.left + e.width * (0.5 - z.x * z.scale)) * ratio / fold,
      ay: e.height * z.scale / STEPS * ratio / fold, by: (e.top + e.height * (0.5 + z.y * z.scale)) * ratio / fold,
    };
  }

  lay(context, image, fold) {
    const folded = made('canvas');
    folded.width = image.width;
    folded.height = image.height;
    folded.getContext('2d').putImageData(image, 0, 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(folded, 0, 0, image.width * fold, image.height * fold);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
  }

  // Many points: the mean colour of those on a pixel, the denser the more opaque.
  drawDensity(context, count) {
    const { width, height } = this.canvas;
    const fold = Math.max(1, Math.round(this.ratio * (count > 300000 && this.zoom.scale < 4 ? 1 : 2)));  // pixels that are one
    const columns = Math.ceil(width / fold), rows = Math.ceil(height / fold);
    const red = new Float32Array(columns * rows), green = new Float32Array(columns * rows);
    const blue = new Float32Array(columns * rows), weight = new Float32Array(columns * rows);
    const table = this.palette(), points = this.points;
    const { ax, bx, ay, by } = this.pixels(fold);
    for (let i = 0; i < count; i++) {
      const column = points[2 * i] * ax + bx | 0, row = by - points[2 * i + 1] * ay | 0;
      if (column < 0 || row < 0 || column >= columns || row >= rows) continue;
      const at = row * columns + column, share = this.isShown(i) ? 1 : 0.02, colour = table[this.codes[i]];
      red[at] += share * colour[0];
      green[at] += share * colour[1];
      blue[at] += share * colour[2];
      weight[at] += share;
    }
    const image = context.createImageData(columns, rows), pixels = image.data;
    for (let at = 0; at < weight.length; at++) {
      if (!weight[at]) continue;
      pixels[4 * at] = red[at] / weight[at];
      pixels[4 * at + 1] = green[at] / weight[at];
      pixels[4 * at + 2] = blue[at] / weight[at];
      pixels[4 * at + 3] = weight[at] < 0.5 ? 40 : Math.min(255, 130 + 42 * Math.log2(weight[at] + 1));
    }
    this.lay(context, image, fold);
  }

  drawAxes(context) {
    const e = this.extent;
    Object.assign(context, { font: `12px ${getComputedStyle(this.root).fontFamily}`, fillStyle: this.ink, lineWidth: 1 });
    context.strokeStyle = this.ink;
    const corners = [this.toUnit(e.left, e.top + e.height), this.toUnit(e.left + e.width, e.top)];
    ['x', 'y'].forEach((name, which) => {
      const axis = this.data.axes[name], span = axis.high - axis.low;
      const low = axis.low + corners[0][which] * span, high = axis.low + corners[1][which] * span;
      const raw = (high - low) / 5, ten = 10 ** Math.floor(Math.log10(raw));
      const step = [1, 2, 5, 10].map((part) => part * ten).find((part) => part >= raw);
      for (let tick = Math.ceil(low / step) * step; tick <= high + 1e-12; tick += step) {
        const unit = (tick - axis.low) / span, at = this.toPixel(unit, unit), text = figure(tick);
        context.globalAlpha = 0.12;
        context.beginPath();
        if (which) { context.moveTo(e.left, at[1]); context.lineTo(e.left + e.width, at[1]); }
        else { context.moveTo(at[0], e.top); context.lineTo(at[0], e.top + e.height); }
        context.stroke();
        context.globalAlpha = 0.75;
        context.textAlign = which ? 'right' : 'center';
        if (which) context.fillText(text, e.left - 7, at[1] + 4);
        else context.fillText(text, at[0], e.top + e.height + 17);
      }
      context.globalAlpha = 0.9;
      context.textAlign = 'center';
      context.save();
      context.translate(which ? 14 : e.left + e.width / 2, which ? e.top + e.height / 2 : this.height - 8);
      if (which) context.rotate(-Math.PI / 2);
      context.fillText(axis.label, 0, 0);
      context.restore();
    });
    context.globalAlpha = 1;
  }

  // Lines that part the plane, and a word in each corner of it.
  drawGuides(context) {
    const e = this.extent, { x, y, corners } = this.data.guides;
    Object.assign(context, { strokeStyle: this.ink, fillStyle: this.ink, globalAlpha: 0.55, lineWidth: 1 });
    context.setLineDash([5, 4]);
    context.beginPath();
    for (const value of x) { const [px] = this.toPixel(value, 0); context.moveTo(px, e.top); context.lineTo(px, e.top + e.height); }
    for (const value of y) { const [, py] = this.toPixel(0, value); context.moveTo(e.left, py); context.lineTo(e.left + e.width, py); }
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 0.85;
    context.font = `600 12px ${getComputedStyle(this.root).fontFamily}`;
    corners.forEach((text, place) => {
      context.textAlign = place % 2 ? 'right' : 'left';
      const below = place > 1;  // upper left, upper right, lower left, lower right
      context.fillText(text, place % 2 ? e.left + e.width - 6 : e.left + 6, below ? e.top + e.height - 8 : e.top + 52);
    });
    context.globalAlpha = 1;
  }

  drawLine(context, line, closed) {
    if (line.length < 2) return;
    context.beginPath();
    line.forEach(([px, py], place) => (place ? context.lineTo(px, py) : context.moveTo(px, py)));
    if (closed || this.tool === 'box') context.closePath();
    context.strokeStyle = this.accent;
    context.lineWidth = 1.8;
    context.stroke();
    context.globalAlpha = 0.08;
    context.fillStyle = this.accent;
    context.fill();
    context.globalAlpha = 1;
  }

  drawPicked(context) {
    for (const [place, colour] of [[this.data.pinned, this.accent], [this.data.picked, this.ink]]) {
      if (place === null || place === undefined) continue;
      const [px, py] = this.toPixel(this.points[2 * place] / STEPS, this.points[2 * place + 1] / STEPS);
      context.beginPath();
      context.arc(px, py, 8, 0, 7);
      context.strokeStyle = colour;
      context.lineWidth = 2.5;
      context.stroke();
    }
  }

  tellCount(count) {
    const key = [this.data.shown, this.data.codes, this.alone].join();
    if (this.countKey === key) return;
    this.countKey = key;
    let shown = 0;
    for (let i = 0; i < count; i++) if (this.isShown(i)) shown++;
    const alone = this.alone === null ? '' : `, ${this.data.colour.names[this.alone]} alone`;
    this.told.textContent = `${spelled(shown)} of ${spelled(this.data.total)} ${this.data.things} shown${alone}. ` +
      'Draw around points to select them, click one to look at it; once you have clicked, the wheel zooms.';
  }

  // Legend
  drawLegend() {
    if (!this.data || this.light === undefined) return;
    const colour = this.data.colour, theme = this.light ? 'light' : 'dark';
    this.legend.classList.toggle('alone', this.alone !== null);
    const title = made('span', '', colour.title + ':');
    if (!colour.names.length) {
      const ramp = made('span', 'ramp');
      ramp.style.background = `linear-gradient(to right, ${colour.scale[theme].join(',')})`;
      this.legend.replaceChildren(title, made('span', '', figure(colour.low)), ramp, made('span', '', figure(colour.high)));
    } else {
      this.legend.replaceChildren(title, ...colour.names.map((name, code) => {
        const button = made('button');
        button.title = 'Show it alone';
        button.setAttribute('aria-pressed', this.alone === code);
        const swatch = made('span', 'swatch');
        swatch.style.background = colour.hues[theme][code];
        button.append(swatch, made('span', '', `${name} (${spelled(colour.counts[code])})`));
        button.onclick = () => { this.alone = this.alone === code ? null : code; this.drawLegend(); this.draw(); };
        return button;
      }));
    }
    if (colour.missing) {
      const swatch = made('span', 'swatch');
      swatch.style.background = colour.missing_colour[theme];
      this.legend.append(swatch, made('span', '', `unknown (${spelled(colour.missing)})`));
    }
  }

  // Hands
  makeTools() {
    this.tools.replaceChildren(...Object.keys(ICONS).map((name) => {
      const button = made('button');
      button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`;
      button.title = WORDS[name];
      button.setAttribute('aria-label', WORDS[name]);
      if (['lasso', 'box', 'move'].includes(name)) button.setAttribute('aria-pressed', this.tool === name);
      button.onclick = () => this.use(name);
      button.dataset.tool = name;
      return button;
    }));
  }

  use(name) {
    const middle = [this.width / 2, this.height / 2];
    if (name === 'closer') this.zoomBy(1.5, ...middle);
    else if (name === 'farther') this.zoomBy(1 / 1.5, ...middle);
    else if (name === 'whole') { this.zoom = { scale: 1, x: 0.5, y: 0.5 }; this.draw(); }
    else {
      this.tool = name;
      for (const button of this.tools.children) {
        if (button.hasAttribute('aria-pressed')) button.setAttribute('aria-pressed', button.dataset.tool === name);
      }
    }
  }

  listen() {
    const at = (event) => {
      const box = this.canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const canvas = this.canvas;
    canvas.style.cursor = 'crosshair';
    canvas.onpointerdown = (event) => {
      if (event.button > 1) return;
      canvas.setPointerCapture(event.pointerId);
      const tool = event.button === 1 || event.shiftKey ? 'move' : this.tool;
      this.drag = { start: at(event), last: at(event), tool, far: false };
      this.hide();
    };
    canvas.onpointermove = (event) => (this.drag ? this.dragTo(at(event)) : this.look(at(event)));
    canvas.onpointerup = (event) => this.drop(at(event));
    canvas.onpointercancel = () => { this.drag = this.line = null; this.draw(); };
    canvas.onpointerleave = () => this.hide();
    canvas.onwheel = (event) => {
      if (!event.ctrlKey && this.canvas.getRootNode().activeElement !== canvas) return;
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY / 400), ...at(event));
    };
    canvas.onkeydown = (event) => this.press(event);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (by) {
      this.zoom.x += 0.1 * by[0] / this.zoom.scale;
      this.zoom.y += 0.1 * by[1] / this.zoom.scale;
      this.keepNear();
    } else if (event.key === 'Escape') this.send('lasso', { line: [], only: null });
    else if (KEYS[event.key.toLowerCase()]) this.use(KEYS[event.key.toLowerCase()]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  dragTo([px, py]) {
    const { start, last, tool } = this.drag;
    if (Math.hypot(px - start[0], py - start[1]) > CLICK) this.drag.far = true;
    if (tool === 'move') {
      this.zoom.x -= (px - last[0]) / this.extent.width / this.zoom.scale;
      this.zoom.y += (py - last[1]) / this.extent.height / this.zoom.scale;
      this.drag.last = [px, py];
      this.keepNear();
      return;
    }
    if (tool === 'box') this.line = [start, [px, start[1]], [px, py], [start[0], py]];
    else {
      this.line = this.line || [start];
      const end = this.line[this.line.length - 1];
      if (Math.hypot(px - end[0], py - end[1]) >= 3) this.line.push([px, py]);
    }
    this.draw();
  }

  drop([px, py]) {
    const drag = this.drag, line = this.line;
    this.drag = this.line = null;
    if (!drag) return;
    if (!drag.far) {
      const near = this.nearest(px, py);
      if (near !== null) this.send('picked', near);
    } else if (line && line.length > 2) {
      const every = Math.ceil(line.length / MOST_CORNERS);
      const corners = line.filter((_, place) => place % every === 0).map(([x, y]) => this.toUnit(x, y));
      this.data.line = corners;
      this.send('lasso', { line: corners, only: this.alone });
    }
    this.draw();
  }

  nearest(px, py) {
    if (!this.points) return null;
    const [x, y] = this.toUnit(px, py), e = this.extent;
    const wide = e.width * this.zoom.scale / STEPS, high = e.height * this.zoom.scale / STEPS;
    let best = null, least = REACH * REACH;
    for (let i = 0; i < this.points.length / 2; i++) {
      const dx = (this.points[2 * i] - x * STEPS) * wide;
      if (dx > REACH || dx < -REACH) continue;
      const dy = (this.points[2 * i + 1] - y * STEPS) * high, distance = dx * dx + dy * dy;
      if (distance < least && this.isShown(i)) { least = distance; best = i; }
    }
    return best;
  }

  look([px, py]) {
    if (this.looking) return;
    this.looking = requestAnimationFrame(() => {
      this.looking = null;
      const near = this.nearest(px, py);
      if (near === null) { this.hide(); return; }
      if (near !== this.peeked) this.fillPeek(near);
      const right = px > this.width - 250, low = py > this.height - 110;
      Object.assign(this.peek.style, {
        display: 'flex', left: right ? '' : px + 14 + 'px', right: right ? this.width - px + 14 + 'px' : '',
        top: low ? '' : py + 14 + 'px', bottom: low ? this.height - py + 14 + 'px' : '',
      });
    });
  }

  fillPeek(near) {
    this.peeked = near;
    const parts = [], { colour, pictures } = this.data, code = this.codes[near];
    if (pictures) {
      const image = made('img');
      image.alt = '';
      image.src = `${pictures}/${this.rows ? this.rows[near] : near}.jpg?size=128`;
      parts.push(image);
    }
    let text = 'unknown';
    if (code !== MISSING && colour.names.length) text = colour.names[code];
    else if (code !== MISSING) text = '≈ ' + figure(colour.low + code / 254 * (colour.high - colour.low));
    parts.push(made('span', '', `${colour.title}: ${text}`));
    this.peek.replaceChildren(...parts);
  }

  hide() { this.peeked = null; this.peek.style.display = 'none'; }
}

const drawn = new WeakMap();
export default function ({ data, parentElement, setTriggerValue }) {
  if (comesLate(parentElement, data)) return;
  if (!drawn.has(parentElement)) drawn.set(parentElement, new Scatter(parentElement));
  drawn.get(parentElement).update(data, setTriggerValue);
}
