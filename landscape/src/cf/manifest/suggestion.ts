/** The candidate that a misspelt name most likely means, or undefined when none is near. */
export function suggest(name: string, candidates: readonly string[]): string | undefined {
  const plain = normalize(name);
  const [best] = candidates
    .map((candidate) => ({
      candidate,
      distance: editDistance(plain, normalize(candidate)),
      exact: editDistance(name, candidate),
    }))
    .sort((a, b) => a.distance - b.distance || a.exact - b.exact);
  if (best === undefined || best.distance > Math.max(1, Math.floor(name.length / 3))) return undefined;
  return best.candidate;
}

/** All candidates near to a misspelt word, nearest first, as `Did you mean?` lists them. */
export function suggestAll(name: string, candidates: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(name.length / 3));
  return candidates
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

/** `healthCheckType`, `health_check_type` and `health-check-type` are the same mistake. */
function normalize(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase();
}

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
