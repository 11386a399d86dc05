// Holds a value against one of the schemas and turns each finding into a sentence with its line.
import { Ajv } from 'ajv';

const ajv = new Ajv({ allErrors: true, verbose: true, strict: false });

/** @param {{ path?: readonly (string | number)[] }} where the part of the source to check; all of it by default. */
export function checkSchema(source, schema, problems, { path = [] } = {}) {
  const value = path.reduce((part, key) => part?.[key], source.value);
  const validate = ajv.compile(schema);
  if (validate(value)) return;
  const seen = new Set();
  for (const error of validate.errors) {
    const at = [...path, ...pointerToPath(error.instancePath, value)];
    const problem = describe(error, at);
    if (problem === undefined) continue;
    const line = source.lineOf(problem.path ?? at);
    // A value of the wrong type breaks several rules at once; the first sentence about it is enough.
    const key = `${line} ${at.join('/')} ${error.keyword === 'required' || error.keyword === 'additionalProperties' ? problem.message : ''}`;
    if (!seen.has(key)) problems.push({ file: source.file, line, message: problem.message });
    seen.add(key);
  }
}

function describe({ keyword, params, parentSchema, data, schema }, at) {
  const label = formatPath(at);
  const of = label === '' ? '' : ` (${label})`;
  switch (keyword) {
    case 'additionalProperties': {
      const unknown = params.additionalProperty;
      const near = findNearest(unknown, Object.keys(parentSchema.properties ?? {}));
      const known = Object.keys(parentSchema.properties ?? {}).join(', ');
      const hint = near === undefined ? `Known are: ${known}.` : `Did you mean "${near}"?`;
      return { path: [...at, unknown], message: `"${unknown}" is no property of ${parentSchema.title}${of}. ${hint}` };
    }
    case 'required':
      return { message: `"${params.missingProperty}" is missing in ${parentSchema.title}${of}. Add it.` };
    case 'propertyNames':
      return {
        path: [...at, params.propertyName],
        message: `"${params.propertyName}" cannot be set${of}. ${schema.description ?? ''}`.trim(),
      };
    case 'uniqueItems':
      return { message: `${label} holds a value twice. Remove one.` };
    default:
      // Errors inside propertyNames have the names as data and are reported once, above.
      if (parentSchema.description === undefined || typeof at.at(-1) === 'undefined')
        return { message: `${label || 'The file'} is not what is expected: ${keyword}.` };
      return { message: `${label} is ${JSON.stringify(data)}. ${parentSchema.description}` };
  }
}

/** JSON pointers name list positions by text; the lookup of lines wants numbers there. */
function pointerToPath(pointer, value) {
  let part = value;
  return pointer
    .split('/')
    .slice(1)
    .map((token) => {
      const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
      const key = Array.isArray(part) ? Number(name) : name;
      part = part?.[key];
      return key;
    });
}

function formatPath(path) {
  return path
    .map((key) => (typeof key === 'number' ? `[${key + 1}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** The known name that a misspelt one is nearest to, if it is near at all. */
export function findNearest(name, known) {
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, Math.floor(name.length / 3)))
    .toSorted((one, other) => one.distance - other.distance);
  return near[0]?.candidate;
}

function editDistance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
    row = next;
  }
  return row[other.length];
}
