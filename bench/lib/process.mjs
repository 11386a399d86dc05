// One measured process: started on a core, ready when it answers, with its CPU time and memory as the kernel counts them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { get } from 'node:http';
import { APP_CORE, pinned } from './machine.mjs';

const TICKS_PER_SECOND = 100; // USER_HZ of every Linux that Node supports
const READY_LIMIT_MS = 60_000;

/**
 * Starts `node args` on a free port and waits for the first 200 on `readyPath`.
 *
 * @returns the process with `url`, `readyMs` (spawn to first 200), `cpuSeconds()`, `memory()` (MiB) and `stop()`
 */
export async function startApp({
  name,
  node,
  args,
  env,
  cwd,
  core = APP_CORE,
  readyPath = '/health',
  command,
  headers,
  readyLimitMs = READY_LIMIT_MS,
}) {
  const port = await freePort();
  const [program, programArgs] = command ?? pinned(core, node, args);
  const started = performance.now();
  const child = spawn(program, programArgs, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, which ends with all that it started
  });
  running.add(child);
  let tail = '';
  const keep = (chunk) => (tail = (tail + chunk).slice(-4000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(child, url + readyPath, { headers, limitMs: readyLimitMs });
  } catch (error) {
    endGroup(child, 'SIGKILL');
    throw new Error(`${name} did not answer on ${readyPath}: ${error.message}\n${tail}`);
  }
  return {
    name,
    url,
    pid: child.pid,
    readyMs: performance.now() - started,
    output: () => tail,
    cpuSeconds: () => cpuSeconds(child.pid),
    memory: () => memory(child.pid),
    descriptors: () => readdirSync(`/proc/${child.pid}/fd`).length,
    running: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      endGroup(child, 'SIGTERM');
      const limit = setTimeout(() => endGroup(child, 'SIGKILL'), 12_000);
      await ended;
      clearTimeout(limit);
    },
  };
}

const running = new Set();
process.on('exit', () => running.forEach((child) => endGroup(child, 'SIGKILL')));

function endGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it has ended
  }
}

async function untilReady(child, url, { headers, limitMs }) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const status = await statusOf(url, headers).catch((error) => error.code);
    if (status === 200) return;
    if (Date.now() > deadline) throw new Error(`last answer ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function statusOf(url, headers = {}) {
  return new Promise((resolve, reject) => {
    get(url, { agent: false, headers }, (res) => {
      res.resume();
      res.on('end', () => resolve(res.statusCode));
    }).on('error', reject);
  });
}

function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { peakRss: mib('VmHWM'), rss: mib('VmRSS'), anonymous: mib('RssAnon') };
}

export async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
