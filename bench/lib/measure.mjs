// Measures variants in alternating rounds, so that what changes on the machine meanwhile meets all of them.
import { load } from './load.mjs';

/**
 * @param variants `[{ name, app, url, requests }]`
 * @returns by name: `{ perSecond, cpuMicroseconds, p50, p99, errors }`, each an array with one value a round
 */
export async function measureAlternating(variants, { connections = 50, rounds, seconds, warmUpSeconds, log }) {
  const series = new Map(variants.map(({ name }) => [name, emptySeries()]));
  for (const { name, ...variant } of variants) {
    log(`  warm up ${name}`);
    await load({ ...variant, connections, seconds: warmUpSeconds });
  }
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? variants : variants.toReversed();
    for (const { name, app, url, requests } of order) {
      const cpuBefore = app.cpuSeconds();
      const result = await load({ url, requests, connections, seconds });
      const cpu = app.cpuSeconds() - cpuBefore;
      const of = series.get(name);
      of.perSecond.push(result.requests / result.seconds);
      of.cpuMicroseconds.push((cpu * 1e6) / Math.max(result.requests, 1));
      of.p50.push(result.p50);
      of.p99.push(result.p99);
      of.errors += result.errors;
      log(
        `  round ${round + 1} ${name}: ${Math.round(of.perSecond.at(-1))}/s, ${of.cpuMicroseconds.at(-1).toFixed(0)} µs`,
      );
    }
  }
  return Object.fromEntries(series);
}

function emptySeries() {
  return { perSecond: [], cpuMicroseconds: [], p50: [], p99: [], errors: 0 };
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The ratio of `ours` to `other`, a round at a time: its median and its spread. */
export function ratioOf(ours, other) {
  const ratios = ours.map((value, round) => value / other[round]);
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}
