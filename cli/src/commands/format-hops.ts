import type { Hop } from '../probe/hop';
import type { Styles } from './styles';

/** One line for each step of a call. */
export function formatHops(hops: readonly Hop[], styles: Styles): string[] {
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length));
  const parties = width(hops.map(({ party }) => party));
  const steps = width(hops.map(({ step }) => step));
  return hops.map(({ party, step, state, text, milliseconds }) => {
    const mark = state === 'ok' ? styles.green('ok  ') : styles.red('FAIL');
    const time = milliseconds === undefined ? '' : `  ${milliseconds} ms`;
    return `  ${mark}  ${party.padEnd(parties)}  ${step.padEnd(steps)}  ${text}${time}`;
  });
}
