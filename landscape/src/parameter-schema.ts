import {
  array,
  boolean,
  check,
  config,
  custom,
  integer,
  maxLength,
  maxValue,
  minLength,
  minValue,
  number,
  picklist,
  pipe,
  regex,
  safeParse,
  strictObject,
  string,
  transform,
  union,
  type BaseIssue,
  type GenericSchema,
  type InferOutput,
  type ObjectEntries,
} from 'valibot';

// The message of each schema here completes the sentence "… is X; it must be".

/** An object whose unknown members are refused, naming the known ones. */
export function knownMembers<const Entries extends ObjectEntries>(entries: Entries) {
  return pipe(
    // To valibot a list is an object, too.
    custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'an object'),
    strictObject(entries, `known are ${Object.keys(entries).join(', ')}`),
  );
}

export function wholeNumber(min: number, max: number, unit: string) {
  return config(pipe(number(), integer(), minValue(min), maxValue(max)), {
    message: `a whole number of ${unit} from ${min} to ${max}`,
  });
}

export function oneOf<const Options extends readonly (string | number)[]>(options: Options) {
  return picklist(options, `one of ${options.join(', ')}`);
}

/** SAP's own samples write some of them as text: `"autoapprove": "true"`. */
export function flag() {
  const text = pipe(
    picklist(['true', 'false']),
    transform((value) => value === 'true'),
  );
  return union([boolean(), text], 'true or false');
}

export function text(max: number) {
  return config(pipe(string(), maxLength(max)), { message: `a text of at most ${max} characters` });
}

export function textLike(pattern: RegExp, description: string) {
  return config(pipe(string(), regex(pattern)), { message: description });
}

export function list<const Item extends GenericSchema>(item: Item, max: number) {
  const message = `a list of at most ${max} entries`;
  return pipe(array(item, message), maxLength(max, message));
}

/** A list with at least one entry, none of them twice. */
export function distinctList<const Item extends GenericSchema>(item: Item) {
  const message = 'a list with at least one entry, each named once';
  return pipe(
    array(item, message),
    minLength(1, message),
    check((entries: InferOutput<Item>[]) => new Set(entries).size === entries.length, message),
  );
}

export type ParseResult<Output> =
  { readonly output: Output; readonly problems: [] } | { readonly problems: readonly [string, ...string[]] };

/** Parses parameters; each problem names the parameter, its value and what is allowed. */
export function parseParameters<const Schema extends GenericSchema>(
  schema: Schema,
  value: unknown,
): ParseResult<InferOutput<Schema>> {
  const result = safeParse(schema, value);
  if (result.success) return { output: result.output, problems: [] };
  const [first, ...rest] = result.issues;
  return { problems: [describeIssue(first), ...rest.map(describeIssue)] };
}

function describeIssue(issue: BaseIssue<unknown>): string {
  const name = nameOf(issue);
  if (issue.type === 'strict_object')
    return issue.expected === 'never' ? `${name} is unknown; ${issue.message}` : `${name} is missing`;
  return `${name} is ${showValue(issue.input)}; it must be ${issue.message}`;
}

function nameOf({ path }: BaseIssue<unknown>): string {
  if (path === undefined) return 'the whole';
  const text = path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `"${text.replace(/^\./, '')}"`;
}

const SHOWN = 60;

/** A value as an error message may show it: short, and never a private key. */
export function showValue(value: unknown): string {
  const json = JSON.stringify(value) ?? 'undefined';
  if (json.includes('PRIVATE KEY')) return '(a private key)';
  return json.length > SHOWN ? `${json.slice(0, SHOWN)}…` : json;
}
