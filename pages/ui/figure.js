// A figure of Plotly in the colours of the page. A new one is drawn over the old one, and of an old one only what differs.

// Without a tool bar, which would lie over the legends: a drag zooms, a double click shows all again.
const CONFIG = { displayModeBar: false, displaylogo: false, doubleClick: 'reset+autosize' };
const library = (address) => window.plotlyOfThePage ??= new Promise((done, failed) => {
  const script = document.createElement('script');
  script.src = address;
  script.onload = () => done(window.Plotly);
  script.onerror = () => { window.plotlyOfThePage = undefined; failed(); };  // the next figure tries again
  document.head.append(script);
});

class Figure {
  constructor(parent) {
    this.root = document.createElement('div');
    this.root.setAttribute('role', 'figure');
    this.flag = document.createElement('div');
    this.revision = 0;
    const frame = document.createElement('div');
    frame.style.position = 'relative';
    frame.append(this.root, this.flag);
    parent.append(frame);
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  async update(data, send) {
    this.root.style.height = data.height + 'px';
    this.root.setAttribute('aria-label', data.alt);
    if (this.sent !== data.traces) {
      this.sent = data.traces;
      this.traces = JSON.parse(data.traces);  // else the same objects, so that Plotly sees that they are the same
      this.revision++;
    }
    Object.assign(this, { layout: data.layout, height: data.height, mark: data.mark, send });
    try {
      this.plotly ??= await library(data.library);
    } catch {
      this.root.textContent = 'What draws this figure could not be fetched. Load the page again.';
      return;
    }
    if (!this.drawn) this.root.textContent = '';
    this.draw();
  }

  draw() {
    const width = this.root.clientWidth;
    if (!this.plotly || !width) return;  // in a closed part of the page; drawn when that opens
    const layout = { width, height: this.height, template: this.template(), uirevision: this.revision };
    const wanted = JSON.stringify([this.revision, this.layout, layout]);
    if (this.drawn !== wanted) this.plotly.react(this.root, this.traces, { ...JSON.parse(this.layout), ...layout }, CONFIG);
    this.drawn = wanted;
    this.listen();
    this.raise();
  }

  // Plotly would draw everything anew for a mark that moves.
  raise() {
    const { mark, flag, root } = this, { xaxis, yaxis } = root._fullLayout;
    const x = mark && xaxis.d2p(mark.x), y = mark && yaxis.d2p(mark.y);
    flag.hidden = !mark || x < 0 || y < 0 || x > xaxis._length || y > yaxis._length;
    if (flag.hidden) return;
    flag.className = 'figure-mark';
    flag.dataset.text = mark.text;
    flag.style.transform = `translate(${xaxis._offset + x}px, ${yaxis._offset + y}px)`;
  }

  listen() {
    if (this.listens) return;
    this.listens = true;
    this.root.on('plotly_afterplot', () => this.raise());
    this.root.on('plotly_click', ({ points }) => {
      if (points[0]?.customdata !== undefined) this.send('picked', points[0].customdata);
    });
  }

  template() {
    const style = getComputedStyle(this.root), seen = (name) => style.getPropertyValue('--st-' + name).trim();
    const ink = seen('text-color'), rule = seen('border-color'), none = 'rgba(0, 0, 0, 0)';
    const axis = { automargin: true, linecolor: rule, gridcolor: rule, zerolinecolor: rule, title: { standoff: 10 },
      ticks: 'outside', ticklen: 5, tickcolor: none };
    return { layout: {
      font: { family: seen('font'), size: 12, color: ink },
      paper_bgcolor: none,
      plot_bgcolor: none,
      xaxis: { ...axis, showgrid: false, zeroline: false },
      yaxis: axis,
      hoverlabel: { bgcolor: seen('background-color'), bordercolor: rule, font: { family: seen('font'), color: ink } },
    } };
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (comesLate(parentElement, data)) return;
  parentElement.figure ??= new Figure(parentElement);
  parentElement.figure.update(data, setTriggerValue);
}
