import type { CloudController } from '../controller';
import { formatLocation, ManifestError } from '../manifest';
import { suggestAll } from '../manifest/suggestion';
import { CfFailure, CommandCancelled, UsageError } from './failure';
import { formatGeneralHelp, formatVerbHelp, helpVerb } from './help';
import type { CfIo } from './io';
import type { CfSession } from './session';
import { Ui } from './ui';
import type { CfRun, Verb } from './verb';
import { verbs } from './verbs';
import { CF_VERSION } from './version';

export type { CfIo } from './io';
export { CfSession } from './session';

/** As a shell reports a process that Ctrl+C ended. */
const CANCELLED = 130;

export interface CfContext {
  /** Absolute. */
  readonly cwd: string;
  readonly io: CfIo;
  readonly controller: CloudController;
  /** Changed by `login`, `logout` and `target`. */
  readonly session: CfSession;
  /** Aborted when the command's terminal went away. */
  readonly signal?: AbortSignal;
}

/**
 * Runs one command of `cf` against the landscape, with the words, streams and exit codes of the real one.
 * @param argv what stands behind `cf`.
 * @returns the exit code; it never throws.
 */
export async function runCf(argv: readonly string[], context: CfContext): Promise<number> {
  const { io, session, controller, cwd, signal = new AbortController().signal } = context;
  const ui = new Ui(io, { colour: session.preferences.colour ?? io.isTerminal, signal });
  const { words, isVerbose } = readGlobalFlags(argv);
  const [name, ...rest] = words;
  if (name === undefined || name === '--help' || name === '-h') {
    if (isVerbose && name === undefined) ui.say(`cf version ${CF_VERSION}`);
    else for (const line of formatGeneralHelp(verbs)) ui.say(line);
    return 0;
  }
  if (name === '--version') {
    ui.say(`cf version ${CF_VERSION}`);
    return 0;
  }
  const all = [...verbs, helpVerb(verbs)];
  const verb = all.find((candidate) => candidate.name === name || candidate.alias === name);
  if (verb === undefined) return refuseVerb(ui, name, all);
  if (isVerbose) ui.warn("The landscape's cf prints no trace: `landscape requests` shows what the services answered.");
  return runVerb(verb, rest, { ui, session, controller, cwd, signal });
}

/** `-v` is global: a trace of the requests; alone it is the version. */
function readGlobalFlags(argv: readonly string[]): { words: string[]; isVerbose: boolean } {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const words = argv.filter((word, index) => index >= end || word !== '-v');
  return { words, isVerbose: words.length < argv.length };
}

async function runVerb(verb: Verb, argv: readonly string[], run: CfRun): Promise<number> {
  const { ui } = run;
  try {
    const result = await verb.run(argv, run);
    if (result !== 'help') return result;
    for (const line of formatVerbHelp(verb)) ui.say(line);
    return 0;
  } catch (error) {
    if (error instanceof CommandCancelled || run.signal.aborted) return CANCELLED;
    return showError(ui, verb, error);
  }
}

/** The reason goes to stderr, then FAILED to stdout. */
function showError(ui: Ui, verb: Verb, error: unknown): number {
  if (error instanceof UsageError) return showUsageError(ui, verb, error);
  ui.warn(error instanceof Error ? error.message : String(error));
  if (error instanceof ManifestError)
    for (const place of new Set(error.locations.map(formatLocation))) ui.warn(`at ${place}`);
  ui.failed();
  if (error instanceof CfFailure && error.tip !== undefined) ui.say(error.tip);
  return error instanceof CfFailure ? error.exitCode : 1;
}

function showUsageError(ui: Ui, verb: Verb, { message, detail, foundBy }: UsageError): number {
  ui.warn(`Incorrect Usage: ${message}`);
  if (detail !== undefined) ui.warn(detail);
  if (foundBy === 'parser') ui.warn('');
  else {
    ui.failed();
    ui.say();
  }
  for (const line of formatVerbHelp(verb)) ui.say(line);
  return 1;
}

function refuseVerb(ui: Ui, name: string, all: readonly Verb[]): number {
  ui.warn(`'${name}' is not a registered command. See 'cf help -a'`);
  const near = suggestAll(
    name,
    all.map((verb) => verb.name),
  );
  if (near.length > 0) ui.warn(['', 'Did you mean?', ...near.map((candidate) => `    ${candidate}`)].join('\n'));
  ui.warn(`\nThe landscape's cf supports: ${all.map((verb) => verb.name).join(', ')}.`);
  return 1;
}
