// A row of the table: what was measured, each variant's medians, and the ratios that are judged.
import { median, ratioOf } from './measure.mjs';

/** @param against `[{ name, must, aim, judged }]`; ratios are ours to theirs, of requests a second and of CPU time the other way round */
export function compare({ what, series, ours = 'ours', against }) {
  return {
    what,
    variants: Object.fromEntries(Object.entries(series).map(([name, values]) => [name, summarize(values)])),
    ratios: against
      .filter(({ name }) => series[name] !== undefined)
      .map(({ name, must, aim, judged }) => ({
        against: name,
        ...ratioOf(series[ours].perSecond, series[name].perSecond),
        ofCpuTime: ratioOf(series[name].cpuMicroseconds, series[ours].cpuMicroseconds).median,
        ...(judged && { must, aim }),
      })),
  };
}

/** A figure that is compared with a limit and not with another app. */
export function figure({ what, value, unit, must, aim, details = {} }) {
  return { what, value, unit, ...(must && { must }), ...(aim && { aim }), details };
}

function summarize({ perSecond, cpuMicroseconds, p50, p99, errors }) {
  return {
    perSecond: median(perSecond),
    cpuMicroseconds: median(cpuMicroseconds),
    p50: median(p50),
    p99: median(p99),
    errors,
  };
}
