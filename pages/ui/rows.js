// A table of words of which a row is picked by a click, or by the arrow keys and Enter.

const made = (tag, name, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
};

const cells = (tag, texts, columns) => texts.map((text, place) => {
  const cell = made(tag, columns[place].number ? 'number' : '', text);
  if (tag === 'th') Object.assign(cell, { scope: 'col', title: columns[place].help });
  return cell;
});

const row = (texts, place, columns, send) => {
  const line = made('tr');
  line.append(...cells('td', texts, columns));
  const button = made('button', '', texts[0]);
  button.tabIndex = place ? -1 : 0;  // one stop of the Tab key; from there the arrows go on
  line.firstChild.replaceChildren(button);
  line.onclick = () => send('picked', place);
  button.onkeydown = (event) => {
    const next = { ArrowDown: line.nextElementSibling, ArrowUp: line.previousElementSibling }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    next?.querySelector('button').focus();
  };
  return line;
};

export default function ({ data, parentElement, setTriggerValue }) {
  if (comesLate(parentElement, data)) return;
  const { columns, rows, alt, height } = data;
  parentElement.querySelector('.rows')?.remove();
  const root = made('div', 'rows'), table = made('table'), head = made('thead'), body = made('tbody');
  root.style.maxHeight = height + 'px';
  table.setAttribute('aria-label', alt);
  head.append(made('tr'));
  head.firstChild.append(...cells('th', columns.map(({ title }) => title), columns));
  body.append(...rows.map((texts, place) => row(texts, place, columns, setTriggerValue)));
  table.append(head, body);
  root.append(table);
  parentElement.append(root);
}
