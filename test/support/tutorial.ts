import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/**
 * A step of a tutorial: a block of commands and, where the reader is shown output, the lines that must appear.
 *
 * In the Markdown, a fenced block ```` ```sh ```` is executed; ```` ```sh exit=1 ```` must fail with that code;
 * ```` ```sh account ```` is for a real account and is not executed. A ```` ```text ```` block right after it is the
 * output shown to the reader: each of its lines must appear, in that order; `…` stands for anything.
 */
export interface TutorialStep {
  readonly line: number;
  readonly heading: string;
  readonly commands: string;
  readonly exitCode: number;
  readonly expected: readonly string[];
}

/** Reads the executable steps of a Markdown file in their order. */
export function readTutorial(file: string): TutorialStep[] {
  const steps: TutorialStep[] = [];
  let heading = '';
  let previous: { step: TutorialStep; expected: string[] } | undefined;
  for (const block of readBlocks(readFileSync(file, 'utf8'))) {
    if (block.kind === 'heading') {
      heading = block.text;
      continue;
    }
    const [language, ...flags] = block.info.split(/\s+/);
    if (language === 'sh' && !flags.includes('account')) {
      const exitCode = Number(flags.find((flag) => flag.startsWith('exit='))?.slice(5) ?? 0);
      const expected: string[] = [];
      const step = { line: block.line, heading, commands: block.text, exitCode, expected };
      steps.push(step);
      previous = { step, expected };
    } else if (language === 'text' && previous !== undefined) {
      previous.expected.push(...block.text.split('\n').filter((line) => line.trim() !== ''));
      previous = undefined;
    } else previous = undefined;
  }
  return steps;
}

type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'code'; readonly info: string; readonly line: number; readonly text: string };

function* readBlocks(markdown: string): Generator<Block> {
  const lines = markdown.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const fence = /^```(\S.*)?$/.exec(line);
    if (fence === null) {
      if (/^#{1,4} /.test(line)) yield { kind: 'heading', text: line.replace(/^#+ /, '') };
      continue;
    }
    const end = lines.indexOf('```', index + 1);
    if (end < 0) throw new Error(`The code block that begins in line ${index + 1} has no end.`);
    yield { kind: 'code', info: fence[1] ?? '', line: index + 1, text: lines.slice(index + 1, end).join('\n') };
    index = end;
  }
}

/** One shell for a whole tutorial, so that `cd`, `export` and variables last from step to step. */
export class TutorialShell {
  readonly #shell;
  #output = '';
  #wake: () => void = () => {};

  constructor(options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }) {
    this.#shell = spawn('bash', ['--noprofile', '--norc'], { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.#shell.stdout, this.#shell.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
        this.#wake();
      });
    this.#shell.on('exit', () => this.#wake());
    // The trap notes any command that fails, not just a block's last one, without ending the shell as `set -e` would.
    this.#shell.stdin.write(`exec 2>&1\ntrap '__code=$?' ERR\n`);
  }

  /** Runs the commands; resolves with the status of the last one that failed (or 0) and with what all of them printed. */
  async run(commands: string, limitMs = 120_000): Promise<{ readonly code: number; readonly output: string }> {
    const marker = `__step_${Math.random().toString(36).slice(2)}__`;
    const from = this.#output.length;
    this.#shell.stdin.write(`__code=0\n{\n${commands}\n} </dev/null\nprintf '\\n${marker} %d\\n' "$__code"\n`);
    const deadline = Date.now() + limitMs;
    const pattern = new RegExp(`\\n${marker} (\\d+)\\n`);
    for (;;) {
      const text = this.#output.slice(from);
      const end = pattern.exec(text);
      if (end !== null) return { code: Number(end[1]), output: text.slice(0, end.index) };
      if (Date.now() > deadline) throw new Error(`No end within ${limitMs} ms:\n${commands}\n${text}`);
      if (this.#shell.exitCode !== null) throw new Error(`The shell ended in:\n${commands}\n${text}`);
      await this.#nextOutput();
    }
  }

  async #nextOutput(): Promise<void> {
    await new Promise<void>((resolve) => {
      const limit = setTimeout(resolve, 500);
      this.#wake = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }

  async end(): Promise<void> {
    if (this.#shell.exitCode !== null) return;
    const closed = once(this.#shell, 'close');
    this.#shell.stdin.end('exit\n');
    await closed;
  }
}

/** The first expected line that does not appear in order, or undefined when all do. */
export function findMissingLine(output: string, expected: readonly string[]): string | undefined {
  const lines = output.split('\n').map(normalize);
  let position = 0;
  for (const wanted of expected) {
    const pattern = toPattern(normalize(wanted));
    const found = lines.findIndex((line, index) => index >= position && pattern.test(line));
    if (found < 0) return wanted;
    position = found + 1;
  }
  return undefined;
}

/** The tutorials name the default ports; a test's landscape has ports of its own. */
export function movePorts(text: string, portBase: number): string {
  return text.replaceAll(/localhost:5(\d{3})\b/g, (_all, offset: string) => `localhost:${portBase + Number(offset)}`);
}

function normalize(line: string): string {
  return line.trim().replace(/\s+/g, ' ');
}

function toPattern(line: string): RegExp {
  return new RegExp(
    `^${line
      .split('…')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
  );
}
