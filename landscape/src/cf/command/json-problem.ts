/** Where a text stops being JSON; line and column count from 1. */
export interface JsonProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Finds the first place at which a text is not JSON (RFC 8259); undefined when it is. */
export function findJsonProblem(text: string): JsonProblem | undefined {
  try {
    new Scanner(text).document();
    return undefined;
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    const before = text.slice(0, error.offset).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message: error.message };
  }
}

class Unexpected extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

// JSON forbids the control characters below U+0020 only, \p{Cc} has some above.
const STRING = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const BLANK = /[ \t\r\n]*/y;

class Scanner {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value('a value');
    if (this.#next() !== '') this.#refuse('the end of the text');
  }

  #value(expected: string): void {
    switch (this.#next()) {
      case '{':
        return this.#list('}', () => this.#member());
      case '[':
        return this.#list(']', () => this.#value('a value'));
      default:
        if (!this.#take(STRING) && !this.#take(NUMBER) && !this.#take(WORD)) this.#refuse(expected);
    }
  }

  #list(end: string, item: () => void): void {
    this.#offset++;
    if (this.#next() === end) return void this.#offset++;
    for (;;) {
      item();
      const next = this.#next();
      if (next !== ',' && next !== end) this.#refuse(`"," or "${end}"`);
      const comma = this.#offset++;
      if (next === end) return;
      if (this.#next() === end) throw new Unexpected(comma, `JSON has no comma before "${end}"`);
    }
  }

  #member(): void {
    this.#next();
    if (!this.#take(STRING)) this.#refuse('a name in double quotes');
    if (this.#next() !== ':') this.#refuse('":"');
    this.#offset++;
    this.#value('a value');
  }

  /** The next character behind white space, empty at the end. */
  #next(): string {
    this.#take(BLANK);
    return this.#text.charAt(this.#offset);
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#offset;
    const match = pattern.exec(this.#text);
    this.#offset += match?.[0].length ?? 0;
    return match !== null;
  }

  #refuse(expected: string): never {
    const found = /^\S+?(?=["'\s,:{}[\]]|$)|^\S/.exec(this.#text.slice(this.#offset, this.#offset + 20))?.[0];
    const what = found === undefined ? 'the end of the text' : `"${found}"`;
    throw new Unexpected(this.#offset, `expected ${expected}, found ${what}`);
  }
}
