import { join } from 'node:path';
import { NoLandscapeError, runRemote } from './control/client';
import { ControlError, runProgram, type ControlActions } from './control/program';
import { readSettings, SettingsError } from './settings';
import { createTerminal } from './terminal';

/** The repository: this file is landscape/dist/control.js. */
const root = join(__dirname, '..', '..');

const io = createTerminal(
  { input: process.stdin, output: process.stdout, errors: process.stderr },
  { onInterrupt: () => process.exit(130) },
);

/** Every action is the same: the landscape executes the command line, which has been found right here. */
function createForwarder(argv: readonly string[], setExit: (code: number) => void): ControlActions {
  const forward = async (): Promise<void> => {
    const { stateFolder } = readSettings(root);
    const { exit } = await runRemote(stateFolder, { command: 'landscape', argv, cwd: process.cwd() }, io);
    setExit(exit);
  };
  return {
    status: forward,
    stop: forward,
    start: forward,
    fault: forward,
    clear: forward,
    requests: forward,
    trust: forward,
    sign: forward,
    routerTrust: forward,
    users: forward,
    revokeUser: forward,
    identity: forward,
    integration: forward,
    destination: forward,
    deliverBindings: forward,
  };
}

async function main(argv: readonly string[]): Promise<number> {
  let remote = 0;
  const actions = createForwarder(argv, (code) => {
    remote = code;
  });
  try {
    return (await runProgram(argv, { io, actions })) || remote;
  } catch (error) {
    if (!(error instanceof NoLandscapeError || error instanceof SettingsError || error instanceof ControlError))
      throw error;
    io.err(`${error.message}\n`);
    return 1;
  }
}

// `landscape requests | head` closes the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
  io.close();
  return code;
});
