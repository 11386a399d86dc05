import { readFileSync } from 'node:fs';

/** A request of a `.http` file, as it stands there. */
export interface HttpRequest {
  readonly title: string;
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** What the editor asks its user for before it sends this. */
  readonly prompts: readonly string[];
}

export interface HttpFile {
  readonly variables: ReadonlyMap<string, string>;
  readonly requests: readonly HttpRequest[];
}

/** Reads a file in the format of VS Code's REST Client: `@variable = value`, then requests behind `###`. */
export function readHttpFile(file: string): HttpFile {
  const [head = '', ...sections] = readFileSync(file, 'utf8').split(/^###/m);
  const variables = new Map(
    [...head.matchAll(/^@(\w+)\s*=\s*(.*)$/gm)].map(([, name = '', value = '']) => [name, value.trim()]),
  );
  return { variables, requests: sections.map(readRequest) };
}

function readRequest(section: string): HttpRequest {
  const [title = '', ...lines] = section.split('\n');
  const directives = (name: string): string[] =>
    lines.flatMap((line) => new RegExp(`^# @${name} (\\w+)$`).exec(line)?.[1] ?? []);
  const [requestLine = '', ...rest] = lines.filter((line) => !line.startsWith('#'));
  const end = rest.indexOf('');
  const headers = rest.slice(0, end).map((line) => line.split(/:\s*(.*)/s, 2) as [string, string]);
  const [method = '', url = ''] = requestLine.split(' ', 2);
  const body = rest.slice(end).join('\n').trim();
  return {
    title: title.trim(),
    name: directives('name')[0] ?? '',
    method,
    url,
    headers: Object.fromEntries(headers),
    body: body === '' ? undefined : body,
    prompts: directives('prompt'),
  };
}

/** Puts values for `{{name}}`; a value may hold such names itself. @throws for a name that `valueOf` does not know */
export function fillIn(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replace(/\{\{\s*([^}]+?)\s*\}\}/g, (_all, name: string) => {
    const value = valueOf(name);
    if (value === undefined) throw new Error(`Nobody knows {{${name}}}.`);
    return fillIn(value, valueOf);
  });
}
