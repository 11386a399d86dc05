import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A temporary folder for the files of one test; call `remove` when done. */
export class ManifestFolder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'manifest-')));

  write(name: string, text: string): string {
    const file = join(this.path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** A folder with one file in it, as an app to push. */
  writeApp(name: string): string {
    return dirname(this.write(join(name, 'server.js'), ''));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
