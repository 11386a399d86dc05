import type { Json, JsonObject } from '../../broker';

/** JSON as `cf` prints it: names in alphabetical order, two blanks a level. */
export function formatJson(value: Json): string {
  return JSON.stringify(sortNames(value), null, 2);
}

function sortNames(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortNames);
  if (typeof value !== 'object' || value === null) return value;
  const sorted: JsonObject = {};
  for (const name of Object.keys(value).sort()) sorted[name] = sortNames(value[name] ?? null);
  return sorted;
}
