import { readFileSync } from 'node:fs';

const ESTABLISHED = '01';

/** The open connections from programs of this machine to a port of it, each by a number that no other one gets. Linux only. */
export function listConnectionsTo(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((table) => readFileSync(table, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote, state]) => remote?.endsWith(`:${hex}`) && state === ESTABLISHED)
    .map((columns) => columns[9] ?? ''); // the inode of the socket
}
