// The result: one table for people, as text and as Markdown, JSON for programs, plots beside it.
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './machine.mjs';
import { barPlot, linePlot } from './plot.mjs';
import { describeTarget, verdictOf } from './verdict.mjs';

const WORDS = { aim: 'aim met', met: 'met', missed: 'MISSED' };

export function printTable(report) {
  console.log(`\n${describeRun(report)}`);
  for (const group of report.groups) {
    console.log(
      `\n${group.title}${group.notInContainers === undefined ? '' : `, not in containers: ${group.notInContainers}`}`,
    );
    for (const row of group.rows) console.log(formatRow(row));
  }
}

/** Writes results.json, results.md and the plots. @returns the files' paths */
export function writeReport(report, folder) {
  const plots = plotAll(report);
  const files = {
    'results.json': `${JSON.stringify(report, null, 2)}\n`,
    'results.md': markdown(report, { plots: Object.keys(plots), folder }),
    ...plots,
  };
  return Object.entries(files).map(([name, text]) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  });
}

function describeRun({ machine, quick, seconds }) {
  const { date, processor, cores, memoryGiB, pinned, node, loadGenerator, revision } = machine;
  const place = pinned ? 'the app on a core of its own' : 'cores not pinned';
  const run = quick ? 'a quick run: read no conclusion out of it' : `${seconds} s`;
  const versions = Object.values(node).join(', ');
  return `${date}, revision ${revision}, ${processor}, ${cores} cores, ${memoryGiB} GiB, Node ${versions}, ${loadGenerator}, ${place}; ${run}`;
}

function formatRow(row) {
  if (row.variants === undefined) {
    const { what, value, unit, details } = row;
    const target = judge(value, row);
    const more = Object.entries(details).map(([name, detail]) => `${name}: ${detail}`);
    return `  ${what}: ${short(value)} ${unit}${target && `  ${target}`}${more.length > 0 ? `\n      ${more.join(', ')}` : ''}`;
  }
  const variants = Object.entries(row.variants).map(
    ([name, { perSecond, cpuMicroseconds, p50, p99, errors }]) =>
      `      ${name.padEnd(18)} ${short(perSecond).padStart(7)}/s ${short(cpuMicroseconds).padStart(6)} µs CPU  p50 ${short(p50)} ms, p99 ${short(p99)} ms${errors > 0 ? `, ${errors} ERRORS` : ''}`,
  );
  const ratios = row.ratios.map(
    (ratio) =>
      `    ${short(ratio.median)} × ${ratio.against} (${spread(ratio)})${cpuRatio(ratio)}  ${judge(ratio.median, ratio)}`,
  );
  return [`  ${row.what}`, ...variants, ...ratios].join('\n');
}

function markdown(report, { plots, folder }) {
  const sections = report.groups.map((group) =>
    [
      `## ${group.title}`,
      group.notInContainers === undefined ? '' : `Not in containers: ${group.notInContainers}.`,
      ...throughputTable(group.rows.filter(({ variants }) => variants !== undefined)),
      ...figureTable(group.rows.filter(({ variants }) => variants === undefined)),
      ...plots.filter((name) => name.startsWith(`${group.name}-`)).map((name) => `![${name}](${name})`),
    ].filter((line) => line !== ''),
  );
  const title = '# Results of `npm run bench`';
  const guide = relative(folder, join(root, 'docs', 'performance.md'));
  const how = `Medians of alternating rounds, ratios a round at a time with their spread. What each row means: [performance](${guide}).`;
  return `${[title, describeRun(report), how, ...sections.map((lines) => lines.join('\n\n'))].join('\n\n')}\n`;
}

function throughputTable(rows) {
  if (rows.length === 0) return [];
  const figures = rows.flatMap(({ what, variants }) =>
    Object.entries(variants).map(([name, v]) => [
      what,
      name,
      short(v.perSecond),
      short(v.cpuMicroseconds),
      short(v.p50),
      short(v.p99),
      String(v.errors),
    ]),
  );
  const ratios = rows.flatMap(({ what, ratios: list }) =>
    list.map((r) => [
      what,
      `× ${r.against}`,
      short(r.median),
      spread(r),
      r.ofCpuTime === undefined ? '' : short(r.ofCpuTime),
      describeTarget(r.must),
      describeTarget(r.aim),
      verdict(r.median, r),
    ]),
  );
  return [
    table(['what', 'app', 'requests/s', 'CPU µs/request', 'p50 ms', 'p99 ms', 'errors'], figures),
    table(['what', 'ours', 'median', 'spread', 'by CPU time', 'must', 'aim', ''], ratios),
  ];
}

function figureTable(rows) {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => [
    row.what,
    `${short(row.value)} ${row.unit}`,
    describeTarget(row.must),
    describeTarget(row.aim),
    verdict(row.value, row),
    Object.entries(row.details)
      .map(([name, detail]) => `${name}: ${detail}`)
      .join(', '),
  ]);
  return [table(['what', 'figure', 'must', 'aim', '', 'details'], cells)];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function plotAll({ groups }) {
  const plots = {};
  for (const { name, rows, curves = [] } of groups) {
    rows
      .filter(({ variants }) => variants !== undefined)
      .forEach(({ what, variants }, index) => {
        const bars = Object.entries(variants).map(([label, { perSecond }]) => ({ label, value: perSecond }));
        plots[`${name}-${index + 1}.svg`] = barPlot({ title: what, unit: 'requests/s', bars });
      });
    for (const { name: curve, label, points } of curves) {
      const series = ['perSecond', 'anonymousMiB'].filter((key) => points[0]?.[key] !== undefined);
      for (const key of series) {
        const unit = key === 'perSecond' ? 'requests/s' : 'MiB anonymous memory';
        plots[`${name}-${curve}-${key === 'perSecond' ? 'throughput' : 'memory'}.svg`] = linePlot({
          xLabel: label,
          unit,
          points: points.map((point) => ({ x: point.x, y: point[key] })),
        });
      }
    }
  }
  return plots;
}

function judge(value, row) {
  if (row.must === undefined) return '';
  const aim = row.aim === undefined ? '' : `, aim ${describeTarget(row.aim)}`;
  return `[must ${describeTarget(row.must)}${aim}: ${verdict(value, row)}]`;
}

function verdict(value, row) {
  return WORDS[verdictOf(value, row)] ?? '';
}

function spread({ least, most }) {
  return `${short(least)}–${short(most)}`;
}

function cpuRatio({ ofCpuTime }) {
  return ofCpuTime === undefined ? '' : `, ${short(ofCpuTime)} × by CPU time`;
}

function short(value) {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
