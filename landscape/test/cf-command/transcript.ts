import type { Outcome, Printed } from './run-command';

/**
 * A transcript is what a terminal shows, line by line:
 *
 *     # a remark
 *     % cf ...            prepares something; must succeed, its output does not matter
 *     $ cf ...            a command
 *     | text              a line on stdout
 *     ! text              a line on stderr
 *     ? text << answer    a prompt with what is typed then (`<< (end of input)`); `?*` when nothing shows while typing
 *     = 0                 the exit code
 *
 * What differs from run to run is written in angle brackets: <guid>, <time>, <folder> and so on.
 */
export interface TranscriptCommand {
  readonly kind: 'prepare' | 'show';
  readonly argv: readonly string[];
  readonly answers: readonly string[];
  /** Lines of the file before the command: remarks and empty lines. */
  readonly before: readonly string[];
  readonly line: string;
  readonly expected: readonly string[];
}

const END_OF_INPUT = '(end of input)';

export function parseTranscript(text: string): TranscriptCommand[] {
  const commands: { -readonly [K in keyof TranscriptCommand]: TranscriptCommand[K] }[] = [];
  let before: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const current = commands.at(-1);
    if (/^[$%] cf\b/.test(line)) {
      const kind = line.startsWith('%') ? 'prepare' : 'show';
      commands.push({ kind, argv: splitWords(line.slice(4)), answers: [], before, line, expected: [] });
      before = [];
    } else if (/^[|!?=]/.test(line) && current !== undefined) {
      current.expected = [...current.expected, line];
      const answer = /^\?.* << (.*)$/.exec(line)?.[1];
      if (answer !== undefined && answer !== END_OF_INPUT) current.answers = [...current.answers, answer];
    } else before.push(line);
  }
  return commands;
}

/** As a shell does, for blanks and both kinds of quotes. */
export function splitWords(text: string): string[] {
  const words = text.trim().match(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  );
}

/** The outcome of a command in the lines of a transcript. */
export function formatOutcome({ printed, exitCode }: Outcome, answers: readonly string[], folder: string): string[] {
  const rest = [...answers];
  const lines = mergeByStream(printed).flatMap(({ stream, text }) => {
    const clean = hideWhatDiffers(text, folder);
    if (stream === 'prompt' || stream === 'hidden prompt')
      return [`${stream === 'prompt' ? '?' : '?*'} ${clean.trimEnd()} << ${rest.shift() ?? END_OF_INPUT}`];
    const mark = stream === 'out' ? '|' : '!';
    return clean
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => (line === '' ? mark : `${mark} ${line}`));
  });
  const once = hideHelp(lines).filter(
    (line, index) => !line.endsWith('Instances starting...') || line !== lines[index - 1],
  );
  return [...once, `= ${exitCode}`];
}

function mergeByStream(printed: readonly Printed[]): Printed[] {
  const merged: Printed[] = [];
  for (const part of printed) {
    const last = merged.at(-1);
    if (last?.stream === part.stream && part.stream !== 'prompt' && part.stream !== 'hidden prompt')
      merged[merged.length - 1] = { ...last, text: last.text + part.text };
    else merged.push(part);
  }
  return merged;
}

/** The help that follows wrong usage is in the transcript of `help`. */
function hideHelp(lines: readonly string[]): readonly string[] {
  const start = lines.indexOf('| NAME:');
  const verb = /^\|    (\S+) - /.exec(lines[start + 1] ?? '')?.[1];
  const isWrongUsage = lines.some((line) => line.startsWith('! Incorrect Usage'));
  return verb === undefined || !isWrongUsage ? lines : [...lines.slice(0, start), `| <help of ${verb}>`];
}

const DIFFERING: readonly (readonly [RegExp, string])[] = [
  [/"(key|privatekey)": "-----BEGIN[^"]*"/g, '"$1": "<private key>"'],
  [/"certificate": "-----BEGIN[^"]*"/g, '"certificate": "<certificate chain>"'],
  [/"verificationkey": "[^"]*"/g, '"verificationkey": "<public key>"'],
  [/"clientsecret": "[^"]*"/g, '"clientsecret": "<secret>"'],
  [/"certificate_expires_at": "[^"]*"/g, '"certificate_expires_at": "<time>"'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<guid>'],
  [/\bclone[0-9a-f]{32}\b/g, 'clone<id>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d{4})/g, '<time>'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d [A-Z][a-z]{2} \d\d:\d\d:\d\d \S+ \d{4}/g, '<date>'],
  [/localhost:\d+/g, 'localhost:<port>'],
  [/\[\d+\.\d+\.\d+\.\d+\]:\d+|127\.0\.0\.1:\d+/g, '<address>'],
  [/\bnode v\d+\.\d+\.\d+/g, 'node <version>'],
  [/\b\d+\.\d% /g, '<cpu> '],
  [/\d+(?:\.\d)?[BKMG] of (?=\d)/g, '<size> of '],
  [/\d+(?:\.\d)?[BKMG]\/s of /g, '<size>/s of '],
];

/** The table of instances has columns as wide as the figures in it: its blanks say nothing. */
const INSTANCE_ROW = /^(?:#\d| {5}state).*$/gm;

function hideWhatDiffers(text: string, folder: string): string {
  let clean = text.replaceAll(folder, '<folder>');
  for (const [pattern, replacement] of DIFFERING) clean = clean.replaceAll(pattern, replacement);
  return clean.replaceAll(INSTANCE_ROW, (row) => row.replaceAll(/ {2,}/g, '   ').trimEnd());
}
