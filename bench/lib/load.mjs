// Puts load on a URL from another core and says what came of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchFolder, hasWrk, OTHER_CORE, pinned } from './machine.mjs';

/** Writes one request a line, as both load generators read them; headers: an array of objects. */
export function writeRequests(folder, name, headers) {
  const file = join(folder, `${name}.requests`);
  const line = (one) =>
    Object.entries(one)
      .map(([key, value]) => `${key}: ${value}`)
      .join('\t');
  writeFileSync(file, headers.map((one) => `${line(one)}\n`).join(''), { mode: 0o600 });
  return file;
}

export function temporaryFolder() {
  return mkdtempSync(join(tmpdir(), 'mtls-bench-'));
}

/** @returns `{ requests, seconds, errors, p50, p99, max }`, latencies in milliseconds */
export async function load({ url, requests, connections, seconds }) {
  const script = (name) => join(benchFolder, 'lib', name);
  const [command, args] = hasWrk
    ? [
        'wrk',
        ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '20s', '-s', script('wrk.lua'), url, '--', requests],
      ]
    : [process.execPath, [script('autocannon.mjs'), url, requests, String(connections), String(seconds)]];
  const child = spawn(...pinned(OTHER_CORE, command, args), { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  await once(child, 'close');
  const result = /^RESULT (.*)$/m.exec(output)?.[1];
  if (result === undefined) throw new Error(`The load generator said no result:\n${output}`);
  return JSON.parse(result);
}
