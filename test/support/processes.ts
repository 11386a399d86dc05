import { execFileSync } from 'node:child_process';
import type { RunningLandscape } from './running-landscape';

/** The ids of the processes in which the apps of a landscape run; one that was started again has another id. */
export function listAppProcesses({ pid }: RunningLandscape): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const processes = table
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, id, parent, command = '']) => ({ id: Number(id), parent: Number(parent), command }));
  return processes
    .filter(({ parent, command }) => parent === pid && command.endsWith(' server.js'))
    .map(({ id }) => id)
    .sort((a, b) => a - b);
}
