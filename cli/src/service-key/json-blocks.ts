import { Failure } from '../failure';

/** A JSON object that stands in a text, with the line on which it begins. */
export interface JsonBlock {
  readonly value: Readonly<Record<string, unknown>>;
  readonly line: number;
}

/** `{` alone at the start of a line, or behind a name as in the output of `cf env` ("VCAP_SERVICES: {"). */
const BLOCK_START = /^[ \t]{0,200}(?:[A-Za-z_][A-Za-z0-9_]{0,100}[ \t]{0,20}[:=][ \t]{0,20})?\{/gm;
/** Blocks that do not parse; a text with more of them is no output of `cf`. */
const LIMIT = 50;
/** Characters; no service key is longer. */
const REPAIR_LIMIT = 200_000;

/**
 * Finds the JSON objects in a text: a bare JSON file, the output of `cf service-key` with its heading, or the output
 * of `cf env` with several objects between other lines.
 * @throws {Failure} `json-damaged` when there is none that parses, naming the line and never the content.
 */
export function findJsonBlocks(text: string): JsonBlock[] {
  const blocks: JsonBlock[] = [];
  let firstBroken: number | undefined;
  let broken = 0;
  for (let start = nextStart(text, 0); start >= 0 && broken < LIMIT;) {
    const end = findEnd(text, start);
    const value = parseObject(text.slice(start, end));
    if (value === undefined) {
      firstBroken ??= start;
      broken += 1;
    } else {
      blocks.push({ value, line: lineAt(text, start) });
    }
    start = nextStart(text, value === undefined ? start + 1 : end);
  }
  if (blocks.length === 0) throw noJson(text, firstBroken);
  return blocks;
}

function nextStart(text: string, from: number): number {
  // `m` makes ^ match behind a line feed only, so the search never starts in the middle of a string.
  BLOCK_START.lastIndex = from;
  const match = BLOCK_START.exec(text);
  return match === null ? -1 : match.index + match[0].length - 1;
}

/** The index behind the brace that closes the one at `start`; the text's end when none does. */
function findEnd(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return text.length;
}

function parseObject(json: string): Record<string, unknown> | undefined {
  const value = parseJson(json) ?? (json.length > REPAIR_LIMIT ? undefined : parseJson(repairJson(json)));
  return isRecord(value) ? value : undefined;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Mends what people do to a service key by hand: line breaks put into the texts, and quotation marks of a weblog. */
function repairJson(json: string): string {
  let inString = false;
  return json.replaceAll(/[\u201C-\u201F]/g, '"').replaceAll(/\\.|["\n\r\t]/gs, (token) => {
    if (token === '"') inString = !inString;
    return inString && token.trim() === '' ? (lineEscapes[token] ?? '') : token;
  });
}

const lineEscapes: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
};

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function noJson(text: string, firstBroken: number | undefined): Failure {
  if (firstBroken === undefined)
    return new Failure(
      'json-missing',
      'The input holds no JSON object.',
      'Give it the output of "cf service-key INSTANCE KEY" or "cf env APP", or the JSON of a service key.',
    );
  return new Failure(
    'json-damaged',
    `The JSON object that begins on line ${lineAt(text, firstBroken)} cannot be parsed: it is cut off or was edited.`,
    'Fetch it anew with "cf service-key INSTANCE KEY" or "cf env APP" and leave it as it is.',
  );
}
