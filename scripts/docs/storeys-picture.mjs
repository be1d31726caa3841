// The storeys as a picture: a box for each, and beside them a lane that leads down into each storey
// from all that use it.

const BOX = { left: 24, width: 580, gap: 16, margin: 14, head: 34 };
const LINE = 24;
const NAME_LETTER = 8.5;
const LETTER = 7.25;
const LANE = { first: 40, apart: 34 };
const TOP = 92;
/** Between two rooms of which the right one may use the left one. */
const ORDER = '←';
const APART = { ordered: 22, free: 6 };

const colours = [
  ['#2563eb', '#60a5fa'],
  ['#b45309', '#fbbf24'],
  ['#15803d', '#4ade80'],
  ['#be123c', '#fb7185'],
  ['#7e22ce', '#c084fc'],
  ['#0e7490', '#22d3ee'],
  ['#4d7c0f', '#a3e635'],
  ['#c2410c', '#fb923c'],
  ['#475569', '#94a3b8'],
  ['#a21caf', '#e879f9'],
  ['#1d4ed8', '#93c5fd'],
  ['#854d0e', '#fde047'],
];

/**
 * @param {import('./storeys.mjs').Storey[]} storeys from the ground up
 * @returns {string} an SVG image
 */
export function drawStoreys(storeys) {
  const rows = layOut([...storeys].reverse());
  const used = rows.filter(({ name }) => rows.some(({ uses }) => uses.includes(name)));
  const right = BOX.left + BOX.width;
  /** @param {string} name */
  const laneOf = (name) =>
    right + LANE.first + LANE.apart * used.findIndex((row) => row.name === name);
  const width = laneOf(used.at(-1)?.name ?? '') + LANE.first;
  const last = rows.at(-1);
  const height = (last ? last.top + last.height : TOP) + 24;
  const lanes = used.map((row, index) => {
    const x = laneOf(row.name);
    const users = rows.filter(({ uses }) => uses.includes(row.name));
    const from = Math.min(...users.map(({ out }) => out));
    const dots = users.map(({ out }) => `<circle cx="${x}" cy="${out}" r="4.5"/>`);
    const end = right + 3;
    return [
      `<g class="lane lane-${index}">`,
      `<title>${users.map(({ name }) => name).join(', ')} → ${row.name}</title>`,
      `<path d="M${x} ${from}V${row.in - 8}q0 8 -8 8H${end + 8}"/>`,
      `<path class="head" d="M${end} ${row.in}l10 -5v10z"/>`,
      ...dots,
      '</g>',
    ].join('');
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The storeys of the code and what each uses">`,
    style(used.length),
    `<rect class="sheet" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>`,
    `<text class="title" x="${BOX.left}" y="36">Chroma TLS, storey by storey</text>`,
    `<text class="note" x="${BOX.left}" y="58">A coloured lane leads down into one storey. A dot on it: the storey on the left uses that one.</text>`,
    `<text class="note" x="${BOX.left}" y="76">a ${ORDER} b: inside a storey, folder b may use folder a, and never the other way round.</text>`,
    ...rows.map((row) => {
      const furthest = Math.max(right, ...row.uses.map(laneOf));
      return row.uses.length > 0 ? `<path class="out" d="M${right} ${row.out}H${furthest}"/>` : '';
    }),
    ...rows.map(drawBox),
    ...lanes,
    '</svg>',
  ]
    .filter((line) => line !== '')
    .join('\n')}\n`;
}

/**
 * @typedef {import('./storeys.mjs').Storey & {
 *   top: number, height: number, in: number, out: number, lines: string[][] }} Row
 */

/**
 * @param {import('./storeys.mjs').Storey[]} storeys from the top down
 * @returns {Row[]}
 */
function layOut(storeys) {
  let top = TOP;
  return storeys.map((storey) => {
    const lines = wrap(storey);
    const height = BOX.head + (lines.length > 0 ? LINE * lines.length : 0);
    const middle = top + height / 2;
    const row = { ...storey, top, height, in: middle - 9, out: middle + 9, lines };
    top += height + BOX.gap;
    return row;
  });
}

/** @param {import('./storeys.mjs').Storey} storey */
function wrap({ rooms, inOrder }) {
  const apart = inOrder ? APART.ordered : APART.free;
  /** @type {string[][]} */
  const lines = [];
  let left = 0;
  for (const room of rooms) {
    const width = chipWidth(room) + apart;
    if (lines.length === 0 || left < width) {
      lines.push([]);
      left = BOX.width - 2 * BOX.margin;
    }
    lines.at(-1)?.push(room);
    left -= width;
  }
  return lines;
}

/** @param {string} room */
const chipWidth = (room) => Math.ceil(room.length * LETTER) + 16;

/** @param {Row} row */
function drawBox({ name, does, inOrder, top, height, lines }) {
  const apart = inOrder ? APART.ordered : APART.free;
  const chips = lines.flatMap((line, index) => {
    let x = BOX.left + BOX.margin;
    const y = top + BOX.head - 4 + index * LINE;
    return line.map((room) => {
      const width = chipWidth(room);
      const chip =
        `<rect class="room" x="${x}" y="${y}" width="${width}" height="19" rx="4"/>` +
        `<text x="${x + 8}" y="${y + 13.5}">${room}</text>`;
      const isLast = room === lines.at(-1)?.at(-1);
      const order = `<text class="note" x="${x + width + 7}" y="${y + 13.5}">${ORDER}</text>`;
      x += width + apart;
      return inOrder && !isLast ? chip + order : chip;
    });
  });
  const text = BOX.left + BOX.margin;
  return (
    `<rect class="storey" x="${BOX.left}" y="${top}" width="${BOX.width}" height="${height}" rx="6"/>` +
    `<text class="name" x="${text}" y="${top + 21}">${name}</text>` +
    `<text class="note" x="${text + NAME_LETTER * name.length + 10}" y="${top + 21}">${does}</text>` +
    chips.join('')
  );
}

/** @param {number} lanes */
function style(lanes) {
  const coloured = (/** @type {number} */ dark) =>
    Array.from({ length: lanes }, (_, index) => {
      const colour = colours[index % colours.length]?.[dark] ?? '';
      return `.lane-${index}{stroke:${colour};fill:${colour}}`;
    }).join('');
  return `<style>
text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px;fill:#1f2937}
.title{font-size:16px;font-weight:700}.note{fill:#4b5563}.name{font-size:14px;font-weight:700}
.sheet{fill:#fff;stroke:#d1d5db}.storey{fill:#f3f4f6;stroke:#9ca3af}.room{fill:#fff;stroke:#d1d5db}
.out{stroke:#cbd5e1;fill:none}.lane path{fill:none;stroke-width:2}.lane .head{fill:inherit;stroke:none}.lane circle{stroke:none}
${coloured(0)}
@media (prefers-color-scheme:dark){
text{fill:#e5e7eb}.note{fill:#9ca3af}.sheet{fill:#0d1117;stroke:#30363d}.storey{fill:#161b22;stroke:#484f58}.room{fill:#21262d;stroke:#30363d}.out{stroke:#373e47}
${coloured(1)}}
</style>`;
}
