// Whether a figure meets its target.

/** @returns `aim`, `met`, `missed`, or undefined for a figure without a target */
export function verdictOf(value, { must, aim }) {
  if (must === undefined) return undefined;
  if (!holds(value, must)) return 'missed';
  return aim !== undefined && holds(value, aim) ? 'aim' : 'met';
}

/** A target in words: `≥ 0.5`, `≤ 15`, `= 1`. */
export function describeTarget(target) {
  if (target === undefined) return '';
  if (typeof target === 'number') return `≥ ${target}`;
  if (target.exactly !== undefined) return `= ${target.exactly}`;
  return target.most === undefined ? `≥ ${target.least}` : `≤ ${target.most}`;
}

function holds(value, target) {
  if (typeof target === 'number') return value >= target;
  if (target.exactly !== undefined) return round(value) === target.exactly;
  return target.most === undefined ? value >= target.least : value <= target.most;
}

/** A call that was under way when the count was taken is no call too many. */
const round = (value) => Math.round(value * 100) / 100;
