import { createColors } from 'picocolors';
import type { CfIo } from './io';
import { CfFailure, CommandCancelled } from './failure';
import { formatTable, formatTableWithHeader } from './table';

export interface Styles {
  readonly name: (text: string) => string;
  readonly ok: (text: string) => string;
  readonly failed: (text: string) => string;
  readonly header: (text: string) => string;
  readonly added: (text: string) => string;
  readonly removed: (text: string) => string;
}

/** Prints as `cf` does: sentences, tables and OK on stdout, warnings and error texts on stderr. */
export class Ui {
  readonly #io: CfIo;
  readonly #signal: AbortSignal;
  readonly style: Styles;

  /** @param options.signal once aborted, whatever prints next ends the command with {@link CommandCancelled}. */
  constructor(io: CfIo, options: { readonly colour: boolean; readonly signal: AbortSignal }) {
    this.#io = io;
    this.#signal = options.signal;
    const { bold, cyan, green, red } = createColors(options.colour);
    this.style = {
      name: (text) => cyan(bold(text)),
      ok: (text) => green(bold(text)),
      failed: (text) => red(bold(text)),
      header: bold,
      added: green,
      removed: red,
    };
  }

  get isTerminal(): boolean {
    return this.#io.isTerminal;
  }

  /** Part of a line on stdout. */
  write(text: string): void {
    this.#throwIfCancelled();
    this.#io.out(text);
  }

  /** One line on stdout; without a text an empty one. */
  say(text = ''): void {
    this.#throwIfCancelled();
    this.#io.out(`${text}\n`);
  }

  /** A sentence with its names marked: ``ui.format`Deleting key ${key}...` ``. */
  format(texts: TemplateStringsArray, ...names: readonly string[]): string {
    return String.raw({ raw: texts }, ...names.map(this.style.name));
  }

  /** One line on stderr. */
  warn(text: string): void {
    this.#throwIfCancelled();
    this.#io.err(`${text}\n`);
  }

  ok(): void {
    this.say(`${this.style.ok('OK')}\n`);
  }

  failed(): void {
    this.say(this.style.failed('FAILED'));
  }

  /** The first row is the header. */
  table(rows: readonly (readonly string[])[], { prefix = '' }: { readonly prefix?: string } = {}): void {
    for (const line of formatTableWithHeader(rows, this.style.header)) this.say(`${prefix}${line}`);
  }

  keyValues(rows: readonly (readonly [string, string])[]): void {
    for (const line of formatTable(rows)) this.say(line);
  }

  /** JSON with two blanks a level, and an empty line. */
  json(text: string): void {
    this.say(`${text}\n`);
  }

  /** @throws {CfFailure} at the end of the input. */
  async ask(text: string, options: { readonly hidden: boolean } = { hidden: false }): Promise<string> {
    this.#throwIfCancelled();
    const answer = await this.#io.prompt(text, options);
    this.#throwIfCancelled();
    if (answer === undefined) throw new CfFailure('EOF');
    return answer;
  }

  /** Enter alone means no. @throws {CfFailure} at the end of the input. */
  async confirm(question: string): Promise<boolean> {
    for (;;) {
      const answer = (await this.ask(`${question} [yN]: `)).trim().toLowerCase();
      if (answer === 'y' || answer === 'yes') return true;
      if (answer === '' || answer === 'n' || answer === 'no') return false;
      this.say('invalid input (not y, n, yes, or no)');
    }
  }

  #throwIfCancelled(): void {
    if (this.#signal.aborted) throw new CommandCancelled('The command was cancelled.');
  }
}
