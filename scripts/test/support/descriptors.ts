import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

// The scripts are plain JavaScript modules without declarations.
export const { checkDescriptors } = require('../../lib/descriptor-check.mjs') as {
  checkDescriptors: (root: string) => { files: string[]; problems: Problem[] };
};

export const root = join(__dirname, '..', '..', '..');
export const DESTINATION = 'destination/destination_to_mtlsapp';
export const USER_DESTINATION = 'destination/destination_for_user';
export const shipped = [
  'manifest.yml',
  'manifest-all.yml',
  'manifest-ias.yml',
  'vars.yml',
  'mta.yaml',
  'xs-security.json',
  'config_ias.json',
  'config-binding.json',
  DESTINATION,
  USER_DESTINATION,
];

/** A copy of the shipped descriptors for each test, to break them. */
export class DescriptorCopy {
  folder = '';

  static use(): DescriptorCopy {
    const copy = new DescriptorCopy();
    beforeEach(() => copy.#create());
    afterEach(() => rmSync(copy.folder, { recursive: true, force: true }));
    return copy;
  }

  #create(): void {
    this.folder = mkdtempSync(join(tmpdir(), 'descriptors-'));
    for (const file of [...shipped, 'backend/package.json', 'frontend/package.json']) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(root, file), join(this.folder, file));
    }
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  write(file: string, content: string): void {
    writeFileSync(join(this.folder, file), content);
  }

  /** Replaces every occurrence of a text that must be there. */
  edit(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
    this.write(file, text.replaceAll(from, to));
  }

  /** Some problem fits, and the line that it points at holds `at`. */
  expectProblem({ file, message, at }: { file: string; message: RegExp; at: string }): void {
    const { problems } = checkDescriptors(this.folder);
    expect(problems.map((problem) => `${problem.file}: ${problem.message}`).join('\n')).toMatch(message);
    const found = problems.find((problem) => problem.file === file && message.test(problem.message));
    const line = this.read(file).split('\n')[(found?.line ?? 0) - 1];
    expect(`${file}:${found?.line ?? 0}: ${line ?? ''}`).toContain(at);
  }
}

/** A text of a file is replaced by another; the problem that follows points at a line with `at`. */
export interface BrokenDescriptor {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly message: RegExp;
  readonly at: string;
  /** Where the problem is reported, if not in the file that was changed. */
  readonly reportedIn: string;
}

type Row = readonly [
  what: string,
  file: string,
  from: string,
  to: string,
  message: RegExp,
  at?: string,
  reportedIn?: string,
];

/** Names the columns of a table of broken descriptors; by default `at` is the text put in. */
export function broken(rows: readonly Row[]): BrokenDescriptor[] {
  return rows.map(([what, file, from, to, message, at = to.trim(), reportedIn = file]) => ({
    what,
    file,
    from,
    to,
    message,
    at,
    reportedIn,
  }));
}
