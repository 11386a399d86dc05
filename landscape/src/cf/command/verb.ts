import type { CloudController } from '../controller';
import { parseArguments } from './arguments';
import { CfFailure, UsageError } from './failure';
import type { Flag, FlagSet, FlagValues } from './flags';
import type { CfSession } from './session';
import type { Ui } from './ui';

/** What must be true before a verb runs; each includes the one before. */
export type Requirement = 'nothing' | 'login' | 'space';

/** What every verb gets. */
export interface CfRun {
  readonly ui: Ui;
  readonly controller: CloudController;
  readonly session: CfSession;
  /** Where the command was typed; relative paths start here. */
  readonly cwd: string;
  /** Aborted when whoever typed the command went away or pressed Ctrl+C. */
  readonly signal: AbortSignal;
}

/** What the help says about a verb. */
export interface VerbHelp {
  readonly name: string;
  readonly alias?: string;
  readonly description: string;
  /** Without the leading `cf`; several lines where there are several forms. */
  readonly usage: readonly string[];
  readonly examples?: readonly string[];
  readonly environment?: readonly (readonly [string, string])[];
  readonly seeAlso?: readonly string[];
}

export interface Verb extends VerbHelp {
  readonly flags: readonly Flag<unknown>[];
  /** @returns the exit code, or that help is wanted. @throws {CfFailure} @throws {UsageError} */
  run(argv: readonly string[], run: CfRun): Promise<number | 'help'>;
}

interface VerbDefinition<F extends FlagSet, R extends string, O extends string> extends VerbHelp {
  readonly requires: Requirement;
  /** Names of the arguments that must be there, as messages show them. */
  readonly required: readonly R[];
  readonly optional?: readonly O[];
  readonly flags: F;
  readonly unknownFlagsAreValues?: boolean;
  /** Resolves to the exit code; without one it is 0. */
  execute(input: VerbInput<F, R, O>, run: CfRun): Promise<number | void>;
}

export interface VerbInput<F extends FlagSet, R extends string, O extends string = never> {
  readonly flags: FlagValues<F>;
  readonly args: Readonly<Record<R, string>> & Readonly<Partial<Record<O, string>>>;
}

/** Makes a verb of its definition: arguments are read, then the session is checked, then it runs. */
export function defineVerb<F extends FlagSet, R extends string, O extends string = never>(
  definition: VerbDefinition<F, R, O>,
): Verb {
  const { name, alias, description, usage, examples, environment, seeAlso } = definition;
  return {
    name,
    description,
    usage,
    ...(alias !== undefined && { alias }),
    ...(examples && { examples }),
    ...(environment && { environment }),
    ...(seeAlso && { seeAlso }),
    flags: Object.values(definition.flags),
    async run(argv, run) {
      const parsed = parseArguments(argv, { ...definition, cwd: run.cwd });
      if (parsed.help) return 'help';
      const args = nameArguments(parsed.positionals, definition);
      checkSession(run.session, definition.requires);
      return (await definition.execute({ flags: parsed.flags, args }, run)) ?? 0;
    },
  };
}

function nameArguments<R extends string, O extends string>(
  positionals: readonly string[],
  { required, optional = [] }: { readonly required: readonly R[]; readonly optional?: readonly O[] },
): VerbInput<FlagSet, R, O>['args'] {
  const names = [...required, ...optional];
  const missing = required.slice(positionals.length);
  if (missing.length > 0) throw new UsageError(describeMissing(missing), { foundBy: 'parser' });
  if (positionals.length > names.length) {
    const extra = positionals.slice(names.length).join(' ');
    throw new UsageError(`unexpected argument "${extra}"`, { foundBy: 'command' });
  }
  // Every required name has its positional: counted above.
  return Object.fromEntries(positionals.map((value, index) => [names[index], value])) as VerbInput<
    FlagSet,
    R,
    O
  >['args'];
}

function describeMissing(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.at(-1) ?? '';
  if (quoted.length === 1) return `the required argument ${last} was not provided`;
  return `the required arguments ${quoted.slice(0, -1).join(', ')} and ${last} were not provided`;
}

function checkSession({ state }: CfSession, requires: Requirement): void {
  if (requires === 'nothing') return;
  if (state.api === undefined)
    throw new CfFailure("No API endpoint set. Use 'cf login' or 'cf api' to target an endpoint.");
  if (state.user === undefined) throw new CfFailure("Not logged in. Use 'cf login' or 'cf login --sso' to log in.");
  if (requires === 'login') return;
  if (state.org === undefined) throw new CfFailure("No org targeted, use 'cf target -o ORG' to target an org.");
  if (state.space === undefined) throw new CfFailure("No space targeted, use 'cf target -s SPACE' to target a space.");
}
