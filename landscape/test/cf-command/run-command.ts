import { CfSession, runCf, type CfIo } from '../../src/cf/command/run-cf';
import { target, type World } from './world';

export interface Printed {
  readonly stream: 'out' | 'err' | 'prompt' | 'hidden prompt';
  readonly text: string;
}

export interface Outcome {
  readonly exitCode: number;
  /** In the order in which it was printed. */
  readonly printed: readonly Printed[];
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  /** Answers to prompts, in their order; then comes the end of the input. */
  readonly answers?: readonly string[];
  readonly session?: CfSession;
  readonly cwd?: string;
  readonly isTerminal?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs one command as a user would type it, words apart. */
export async function runCommand(
  world: World,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<Outcome> {
  const printed: Printed[] = [];
  const answers = [...(options.answers ?? [])];
  const io: CfIo = {
    out: (text) => void printed.push({ stream: 'out', text }),
    err: (text) => void printed.push({ stream: 'err', text }),
    prompt: async (text, { hidden }) => {
      printed.push({ stream: hidden ? 'hidden prompt' : 'prompt', text });
      return answers.shift();
    },
    isTerminal: options.isTerminal ?? false,
  };
  const exitCode = await runCf(argv, {
    cwd: options.cwd ?? world.folder,
    io,
    controller: world.controller,
    session: options.session ?? CfSession.loggedIn(target),
    ...(options.signal && { signal: options.signal }),
  });
  const join = (stream: Printed['stream']): string =>
    printed.flatMap((part) => (part.stream === stream ? [part.text] : [])).join('');
  return { exitCode, printed, out: join('out'), err: join('err') };
}
