import { UsageError } from './failure';
import { nameFlag, type Flag, type FlagSet, type FlagValues } from './flags';

export interface ArgumentShape<F extends FlagSet> {
  readonly flags: F;
  readonly cwd: string;
  /** `set-env`: an unknown flag is a value (`cf set-env app LEVEL -1`). */
  readonly unknownFlagsAreValues?: boolean;
}

export interface ParsedArguments<F extends FlagSet> {
  readonly positionals: readonly string[];
  readonly flags: FlagValues<F>;
  /** `-h` or `--help` was among them: nothing else matters. */
  readonly help: boolean;
}

/**
 * Splits a command line as go-flags does: flags before or behind positionals, `--flag=v`, `-fv`, `-rf`, and `--`.
 * @throws {UsageError} found by the parser.
 */
export function parseArguments<F extends FlagSet>(
  argv: readonly string[],
  shape: ArgumentShape<F>,
): ParsedArguments<F> {
  const parser = new ArgumentParser(argv, shape);
  parser.parse();
  // The parser keeps one value per flag of the set, made by that very flag's `read`.
  return { positionals: parser.positionals, flags: parser.values as FlagValues<F>, help: parser.help };
}

class ArgumentParser {
  readonly positionals: string[] = [];
  readonly values: Record<string, unknown>;
  readonly #texts = new Map<string, string[]>();
  help = false;
  readonly #rest: string[];
  readonly #shape: ArgumentShape<FlagSet>;

  constructor(argv: readonly string[], shape: ArgumentShape<FlagSet>) {
    this.#rest = [...argv];
    this.#shape = shape;
    this.values = Object.fromEntries(Object.entries(shape.flags).map(([key, flag]) => [key, flag.read([], shape)]));
  }

  parse(): void {
    for (let text = this.#rest.shift(); text !== undefined && !this.help; text = this.#rest.shift()) {
      if (text === '--') {
        this.positionals.push(...this.#rest.splice(0));
      } else if (!looksLikeFlag(text)) {
        this.positionals.push(text);
      } else if (text.startsWith('--')) this.#readLong(text);
      else this.#readShorts(text);
    }
  }

  #readLong(text: string): void {
    const equals = text.indexOf('=');
    const name = text.slice(2, equals < 0 ? undefined : equals);
    if (name === 'help') return void (this.help = true);
    const key = this.#find((flag) => flag.long === name);
    if (key === undefined) return this.#refuseUnknown(name, text);
    this.#readFlag(key, equals < 0 ? undefined : text.slice(equals + 1));
  }

  #readShorts(text: string): void {
    for (let index = 1; index < text.length && !this.help; index++) {
      const letter = text.charAt(index);
      if (letter === 'h' && this.#find((flag) => flag.short === 'h') === undefined) return void (this.help = true);
      const key = this.#find((flag) => flag.short === letter);
      if (key === undefined) return this.#refuseUnknown(letter, text);
      const attached = text.slice(index + 1).replace(/^=/, '');
      if (this.#flag(key).takesValue) return this.#readFlag(key, attached === '' ? undefined : attached);
      this.#readFlag(key, undefined);
    }
  }

  #readFlag(key: string, attached: string | undefined): void {
    const flag = this.#flag(key);
    if (!flag.takesValue && attached !== undefined)
      throw wrong(`bool flag \`${nameFlag(flag)}' cannot have an argument`);
    const text = flag.takesValue ? (attached ?? this.#takeValue(flag)) : '';
    const texts = [...(this.#texts.get(key) ?? []), text];
    this.#texts.set(key, texts);
    this.values[key] = flag.read(texts, this.#shape);
  }

  #takeValue(flag: Flag<unknown>): string {
    const next = this.#rest.shift();
    if (next === undefined) throw wrong(`expected argument for flag \`${nameFlag(flag)}'`);
    if (next === '--') throw wrong(`expected argument for flag \`${nameFlag(flag)}', but got double dash \`--'`);
    if (looksLikeFlag(next) && !/^-\d/.test(next))
      throw wrong(`expected argument for flag \`${nameFlag(flag)}', but got option \`${next}'`);
    return next;
  }

  #refuseUnknown(name: string, text: string): void {
    if (this.#shape.unknownFlagsAreValues === true) return void this.positionals.push(text);
    const supported = Object.values(this.#shape.flags).map(nameFlag);
    throw new UsageError(`unknown flag \`${name}'`, {
      foundBy: 'parser',
      detail: `The landscape's cf supports here: ${supported.length === 0 ? 'no flags' : supported.join('; ')}.`,
    });
  }

  #find(matches: (flag: Flag<unknown>) => boolean): string | undefined {
    return Object.entries(this.#shape.flags).find(([, flag]) => matches(flag))?.[0];
  }

  #flag(key: string): Flag<unknown> {
    const flag = this.#shape.flags[key];
    if (flag === undefined) throw new Error(`No flag ${key}.`);
    return flag;
  }
}

function looksLikeFlag(text: string): boolean {
  return text.length > 1 && text.startsWith('-');
}

function wrong(message: string): UsageError {
  return new UsageError(message, { foundBy: 'parser' });
}
