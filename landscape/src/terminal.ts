import { createInterface, type Interface } from 'node:readline';
import { Writable, type Readable } from 'node:stream';
import type { CfIo } from './cf/command/io';

interface TerminalStreams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly errors: Writable;
}

/** The terminal of this process, or whatever its streams are connected to. */
export interface Terminal extends CfIo {
  /** Stops reading, so that the process can end. */
  close(): void;
}

/**
 * Lets a command talk to this process' streams. Answers to hidden prompts are not shown while they are typed; input that
 * is piped in answers one prompt a line.
 * @param options.onInterrupt called when Ctrl+C is pressed at a prompt.
 */
export function createTerminal(
  { input, output, errors }: TerminalStreams,
  options: { readonly forceTerminal?: boolean; readonly onInterrupt: () => void },
): Terminal {
  const reader = new LineReader(input, output, options.onInterrupt);
  return {
    isTerminal: output.isTTY === true || options.forceTerminal === true,
    out: (text) => void output.write(text),
    err: (text) => void errors.write(text),
    prompt: (text, { hidden }) => reader.ask(text, { hidden }),
    close: () => reader.close(),
  };
}

/** One interface for all prompts: another one for each would lose what was piped in beyond the first line. */
class LineReader {
  readonly #input: TerminalStreams['input'];
  readonly #output: Writable;
  readonly #onInterrupt: () => void;
  #interface: Interface | undefined;
  readonly #lines: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #hidden = false;
  #ended = false;

  constructor(input: TerminalStreams['input'], output: Writable, onInterrupt: () => void) {
    this.#input = input;
    this.#output = output;
    this.#onInterrupt = onInterrupt;
  }

  async ask(text: string, { hidden }: { readonly hidden: boolean }): Promise<string | undefined> {
    this.#output.write(text);
    this.#open();
    this.#hidden = hidden;
    const line = await this.#next();
    // The Enter that ended a hidden answer was not shown either.
    if (hidden && this.#input.isTTY === true) this.#output.write('\n');
    this.#hidden = false;
    return line;
  }

  close(): void {
    this.#interface?.close();
    this.#input.destroy();
  }

  #next(): Promise<string | undefined> {
    const line = this.#lines.shift();
    if (line !== undefined || this.#ended) return Promise.resolve(line);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  #open(): void {
    if (this.#interface !== undefined) return;
    const echo = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.#hidden) this.#output.write(chunk);
        done();
      },
    });
    const isTerminal = this.#input.isTTY === true;
    const lines = createInterface({
      input: this.#input,
      output: echo,
      terminal: isTerminal,
      historySize: 0,
      prompt: '',
    });
    this.#interface = lines;
    lines.on('line', (line) => this.#give(line));
    lines.on('SIGINT', this.#onInterrupt);
    lines.once('close', () => {
      this.#ended = true;
      this.#waiting?.(undefined);
    });
  }

  #give(line: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#lines.push(line);
    else waiting(line);
  }
}
