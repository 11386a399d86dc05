import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';

/**
 * Reads the groups to watch from its standard input. The end of the input without `done` means that the landscape died
 * without a chance to clean up: then nothing of it may stay, neither a process nor a file.
 */
const script = `
groups=
while read -r word group; do
  case $word in
    add) groups="$groups $group" ;;
    drop) kept=; for one in $groups; do [ "$one" = "$group" ] || kept="$kept $one"; done; groups=$kept ;;
    done) exit 0 ;;
  esac
done
for one in $groups; do kill -s KILL -- "-$one" 2>/dev/null; done
rm -rf -- "$@"
`;

/**
 * Ends the process groups of containers, and removes files, when the landscape dies, even by `kill -9`.
 *
 * A shell in a session of its own that waits on a pipe: the kernel closes the pipe with the landscape. On Windows the
 * children of a Node process die with it anyway (libuv puts them into a job).
 */
export class Reaper {
  readonly #shell: ChildProcess | undefined;
  readonly #paths: readonly string[];

  private constructor(shell: ChildProcess | undefined, paths: readonly string[]) {
    this.#shell = shell;
    this.#paths = paths;
  }

  /** `paths`: files and folders that must not outlive the landscape. */
  static start(paths: readonly string[]): Reaper {
    if (process.platform === 'win32') return new Reaper(undefined, paths);
    const shell = spawn('/bin/sh', ['-c', script, 'landscape-reaper', ...paths], {
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Someone may end the shell; the next start of the landscape cleans up then.
    shell.stdin?.on('error', () => {});
    shell.on('error', () => {});
    shell.unref();
    return new Reaper(shell, paths);
  }

  watch(group: number): void {
    this.#shell?.stdin?.write(`add ${group}\n`);
  }

  release(group: number): void {
    this.#shell?.stdin?.write(`drop ${group}\n`);
  }

  /** Removes the files and ends the reaper; to be called when no container runs any more. */
  async dismiss(): Promise<void> {
    for (const path of this.#paths) await rm(path, { recursive: true, force: true });
    const shell = this.#shell;
    if (shell?.pid === undefined || shell.exitCode !== null || shell.signalCode !== null) return;
    const ended = once(shell, 'exit');
    // Else Node would end here as soon as there is nothing else to wait for.
    shell.ref();
    shell.stdin?.end('done\n');
    await ended;
  }
}
