import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** sockaddr_un has 104 bytes on macOS and 108 on Linux, with a zero at the end. */
const LONGEST_PATH = 103;

/**
 * Where the landscape of this state folder listens for commands: a socket in the folder, or in a folder of its own below the
 * temporary one when the path would be too long; a named pipe on Windows. Every client computes the same.
 */
export function controlSocketPath(stateFolder: string): string {
  const id = createHash('sha256').update(stateFolder).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\mtls-landscape-${id}`;
  const inFolder = join(stateFolder, 'control.sock');
  if (Buffer.byteLength(inFolder) <= LONGEST_PATH) return inFolder;
  return join(tmpdir(), `mtls-landscape-${process.getuid?.() ?? 0}-${id}`, 'control.sock');
}

/** What must not stay of the socket when the landscape ends. */
export function controlFiles(stateFolder: string): string[] {
  if (process.platform === 'win32') return [];
  const path = controlSocketPath(stateFolder);
  return [dirname(path) === stateFolder ? path : dirname(path)];
}
