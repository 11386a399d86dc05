// Two small plots as SVG that a page shows in a light and in a dark theme.
const WIDTH = 640;
const LEFT = 150;
const STYLE = `<style>
    text { font: 13px system-ui, sans-serif; fill: #223548; }
    .bar { fill: #0070f2; } .other { fill: #8396a8; } .axis { stroke: #8396a8; } .curve { stroke: #0070f2; fill: none; stroke-width: 2; } .dot { fill: #0070f2; }
    @media (prefers-color-scheme: dark) { text { fill: #eaecee; } .bar, .dot { fill: #4db1ff; } .curve { stroke: #4db1ff; } }
  </style>`;

/** @param bars `[{ label, value }]`; the first is ours */
export function barPlot({ title, unit, bars }) {
  const most = Math.max(...bars.map(({ value }) => value), 1);
  const rows = bars.map(({ label, value }, index) => {
    const y = 34 + index * 28;
    const width = Math.max(1, (value / most) * (WIDTH - LEFT - 90));
    return `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${escape(label)}</text>
  <rect class="${label.startsWith('ours') ? 'bar' : 'other'}" x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="20"/>
  <text x="${(LEFT + width + 6).toFixed(1)}" y="${y + 14}">${Math.round(value)}</text>`;
  });
  return svg(44 + bars.length * 28, `${title}, ${unit}`, [
    `<text x="8" y="20">${escape(`${title}, ${unit}`)}</text>`,
    ...rows,
  ]);
}

/** @param points `[{ x, y }]` in ascending order; x is drawn logarithmically where it spans more than two decades */
export function linePlot({ xLabel, unit, points }) {
  const height = 280;
  const box = { left: 70, right: WIDTH - 20, top: 34, bottom: height - 46 };
  const xs = points.map(({ x }) => x);
  const scale = Math.max(...xs) / Math.max(1, Math.min(...xs)) > 100 ? Math.log10 : (x) => x;
  const [first, last] = [scale(Math.min(...xs)), scale(Math.max(...xs))];
  const most = Math.max(...points.map(({ y }) => y), 1) * 1.1;
  const xOf = (x) => box.left + ((scale(x) - first) / Math.max(last - first, 1e-9)) * (box.right - box.left);
  const yOf = (y) => box.bottom - (y / most) * (box.bottom - box.top);
  const path = points
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${xOf(x).toFixed(1)},${yOf(y).toFixed(1)}`)
    .join('');
  return svg(height, `${unit} by ${xLabel}`, [
    `<text x="8" y="20">${escape(unit)}</text>`,
    `<path class="axis" d="M${box.left},${box.top}V${box.bottom}H${box.right}" fill="none"/>`,
    ...[0, 0.5, 1].map(
      (part) =>
        `<text x="${box.left - 6}" y="${(yOf((most / 1.1) * part) + 4).toFixed(1)}" text-anchor="end">${Math.round((most / 1.1) * part)}</text>`,
    ),
    ...points.map(({ x }) => `<text x="${xOf(x).toFixed(1)}" y="${box.bottom + 18}" text-anchor="middle">${x}</text>`),
    `<text x="${(box.left + box.right) / 2}" y="${height - 8}" text-anchor="middle">${escape(xLabel)}</text>`,
    `<path class="curve" d="${path}"/>`,
    ...points.map(({ x, y }) => `<circle class="dot" cx="${xOf(x).toFixed(1)}" cy="${yOf(y).toFixed(1)}" r="3"/>`),
  ]);
}

function svg(height, title, content) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">
  ${STYLE}
  ${content.join('\n  ')}
</svg>
`;
}

function escape(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
