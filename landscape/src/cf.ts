import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CF_VERSION } from './cf/command/version';
import { readSessionFile, writeSessionFile } from './cf/session-file';
import { readCfClientSettings } from './cf/settings';
import { NoLandscapeError, runRemote } from './control/client';
import { readSettings, SettingsError } from './settings';
import { createTerminal } from './terminal';

/** The repository: this file is landscape/dist/cf.js. */
const root = resolve(__dirname, '../..');
const INTERRUPTED = 130;

/**
 * The bin `cf`: sends the command to the running landscape and is its terminal. Who is logged in is kept on this side, as
 * the real `cf` does, in a file of the landscape's own.
 */
async function main(argv: readonly string[]): Promise<number> {
  // Scripts ask for the version to find out what they deal with, whether a landscape runs or not.
  if (argv.length === 1 && ['version', '--version', '-v'].includes(argv[0] ?? '')) {
    process.stdout.write(`cf version ${CF_VERSION}\n`);
    return 0;
  }
  try {
    return await runInLandscape(argv);
  } catch (error) {
    if (!(error instanceof NoLandscapeError || error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    if (error instanceof NoLandscapeError)
      process.stderr.write('With nothing deployed, as the tutorials begin: npm start -- --empty\n');
    process.stdout.write('FAILED\n');
    return 1;
  }
}

async function runInLandscape(argv: readonly string[]): Promise<number> {
  const settings = readSettings(root);
  const { sessionFile, preferences, forceTerminal } = readCfClientSettings(settings);
  const { stdin: input, stdout: output, stderr: errors } = process;
  const terminal = createTerminal({ input, output, errors }, { forceTerminal, onInterrupt });
  try {
    const before = await readSessionFile(sessionFile);
    const { exit, session } = await runRemote(
      settings.stateFolder,
      { command: 'cf', argv: [...argv], cwd: process.cwd(), session: { ...before, preferences } },
      terminal,
    );
    if (session !== undefined && !isDeepStrictEqual(session, before)) await writeSessionFile(sessionFile, session);
    return exit;
  } finally {
    terminal.close();
  }
}

function onInterrupt(): void {
  process.stdout.write('\n');
  process.exit(INTERRUPTED);
}

// `cf logs app | head` closes the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
  return code;
});
