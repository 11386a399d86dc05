import { createInterface } from 'node:readline/promises';
import { buffer } from 'node:stream/consumers';
import { isatty } from 'node:tty';
import { readSecret } from './files/read-secret';
import { runCli } from './program';

async function main(): Promise<void> {
  endQuietlyWithoutReader();
  process.exitCode = await runCli(process.argv.slice(2), {
    cwd: process.cwd(),
    env: process.env,
    colour: isatty(process.stdout.fd) && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb',
    now: Date.now,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    readStdin: () => buffer(process.stdin),
    ...(process.stdin.isTTY && {
      readSecret: (question: string) =>
        readSecret(process.stdin, { question, write: (text) => void process.stderr.write(text) }),
    }),
    ask: isatty(process.stdin.fd) && isatty(process.stderr.fd) ? ask : undefined,
  });
}

/** Who reads only the beginning of the output, as `head` does, wants no more of it. */
function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

/** On standard error, so that standard output holds the result alone. */
async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

void main();
