import type { IncomingHttpHeaders } from 'node:http';

/** What a server demands with a 401 or 403, RFC 9110 §11.6.1 and RFC 6750 §3. */
export interface Challenge {
  /** In lower case, e.g. `bearer`. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const PARAMETER = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

/** Reads the challenges of an answer; a server that sends several joins them by commas. */
export function readChallenges({ 'www-authenticate': header }: IncomingHttpHeaders): Challenge[] {
  if (header === undefined) return [];
  return splitSchemes(header).map(({ scheme, rest }) => ({
    scheme: scheme.toLowerCase(),
    parameters: new Map(
      [...rest.matchAll(PARAMETER)].map(([, name = '', quoted, plain]) => [
        name.toLowerCase(),
        quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '',
      ]),
    ),
  }));
}

/** A scheme is a word that no `=` follows, at the start or behind a comma. */
function splitSchemes(header: string): Array<{ scheme: string; rest: string }> {
  // A comma in a quoted text separates nothing.
  const parts = header.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
  const found: Array<{ scheme: string; rest: string }> = [];
  for (const part of parts) {
    const [, scheme, rest = ''] = /^\s*([A-Za-z][\w-]*)(?:\s+(.*))?$/.exec(part.trimEnd()) ?? [];
    const last = found.at(-1);
    if (scheme !== undefined) found.push({ scheme, rest });
    else if (last !== undefined) last.rest += `,${part}`;
  }
  return found;
}
