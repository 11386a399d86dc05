// The landscape as a user starts it, on ports and with state of its own, and what the measured apps need of it.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OTHER_CORE, pinned, root } from './machine.mjs';

const PORT_BASE = 15_000;
const run = promisify(execFile);

/** Starts the built landscape below `folder`; resolves when everything is deployed. */
export async function startLandscape(folder) {
  const env = { ...process.env, LANDSCAPE_HOME: join(folder, 'landscape'), LANDSCAPE_PORT_BASE: String(PORT_BASE) };
  const [command, args] = pinned(OTHER_CORE, process.execPath, [join(root, 'landscape', 'dist', 'main.js')]);
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  await new Promise((resolve, reject) => {
    const look = (chunk) => {
      output += chunk;
      if (/^ready {2}http/m.test(output)) resolve();
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', (code) => reject(new Error(`The landscape ended with ${code}:\n${output}`)));
  });
  const script = (name) => join(root, 'landscape', 'bin', name);
  const cf = async (...words) =>
    (await run(process.execPath, [script('cf.js'), ...words], { env, maxBuffer: 2 ** 24 })).stdout;
  const control = async (...words) =>
    (await run(process.execPath, [script('landscape.js'), ...words], { env, maxBuffer: 2 ** 26 })).stdout;
  const caFile = (await control('trust', '--file')).trim();
  return {
    env,
    caFile,
    cf,
    control,
    /** Keys and keystores stand in `folder`. */
    mtls: async (...words) => {
      const options = { cwd: folder, env: { ...env, NODE_EXTRA_CA_CERTS: caFile } };
      return (await run(process.execPath, [join(root, 'cli', 'dist', 'main.js'), ...words], options)).stdout;
    },
    url: (name) => `http://localhost:${PORT_BASE + { backend: 1, frontend: 2 }[name]}`,
    certificateRoute: `https://localhost:${PORT_BASE + 443}`,
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** The environment in which Cloud Foundry would start the app, with the landscape's authority as trust. */
export async function environmentOf(landscape, app, trustFile) {
  const printed = await landscape.cf('env', app);
  const json = (name) => new RegExp(`^${name}: (\\{[\\s\\S]*?\\n\\})\\n`, 'm').exec(printed)?.[1];
  const services = json('VCAP_SERVICES');
  const application = json('VCAP_APPLICATION');
  if (services === undefined || application === undefined)
    throw new Error(`cf env ${app} printed no bindings:\n${printed}`);
  return {
    services: JSON.parse(services),
    application: JSON.parse(application),
    env: {
      VCAP_SERVICES: services,
      VCAP_APPLICATION: application,
      NODE_EXTRA_CA_CERTS: trustFile,
      MALLOC_ARENA_MAX: '1',
    },
  };
}

/** Fetches `count` tokens of XSUAA over mTLS on kept connections, each another token; says how long it took. */
export async function fetchTokens({ certurl, clientid, certificate, key }, { count, ca, concurrency = 8 }) {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency, cert: certificate, key, ca });
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientid }).toString();
  const tokens = [];
  const started = performance.now();
  const fetchSome = async () => {
    while (tokens.length < count) {
      const at = tokens.push('') - 1;
      tokens[at] = JSON.parse(await post(`${certurl}/oauth/token`, body, agent)).access_token;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, fetchSome));
  agent.destroy();
  return { tokens, seconds: (performance.now() - started) / 1000 };
}

function post(url, body, agent) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const req = request(url, { method: 'POST', agent, headers }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk) => (text += chunk));
      res.on('end', () => (res.statusCode === 200 ? resolve(text) : reject(new Error(`${res.statusCode} ${text}`))));
    });
    req.on('error', reject);
    req.end(body);
  });
}

/** Lets the shipped destination name another address, by the same command as a tutorial's reader. */
export async function pointDestinationTo(landscape, url, folder, xsuaaKeyName = 'destination') {
  const files = [];
  for (const [instance, key] of [
    ['mtlsDestination', 'deployer'],
    ['mtlsXsuaa', xsuaaKeyName],
  ]) {
    const file = join(folder, `${instance}.txt`);
    writeFileSync(file, await landscape.cf('service-key', instance, key), { mode: 0o600 });
    files.push(file);
  }
  const [destinationKey, xsuaaKey] = files;
  await landscape.mtls('cert', 'extract', xsuaaKey);
  const destination = join(root, 'destination', 'destination_to_mtlsapp');
  await landscape.mtls(
    'destination',
    'deploy',
    '--destination',
    destination,
    '--service-key',
    destinationKey,
    '--xsuaa-key',
    xsuaaKey,
    '--url',
    url,
  );
}

/** How many requests and handshakes the stand-ins have served since a moment, by service and path; they remember 10,000. */
export async function countCallsSince(landscape, moment) {
  const counts = {};
  for (const { kind, service, path, time } of JSON.parse(await landscape.control('requests'))) {
    if (new Date(time) < moment) continue;
    const key = kind === 'handshake' ? `${service} handshake` : `${service} ${path}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** One bundle of the authorities that the apps trust: the landscape's and that of the measured upstream. */
export function joinTrust(folder, files) {
  const bundle = join(folder, 'trust.pem');
  writeFileSync(bundle, files.map((file) => readFileSync(file, 'utf8')).join('\n'));
  return bundle;
}

/** Starts the upstream that stands in the place of the backend; see target.mjs. */
export async function startTarget(folder, answer) {
  const [key, certificate, answerFile] = ['target.key', 'target.pem', 'answer.json'].map((name) => join(folder, name));
  writeFileSync(answerFile, answer);
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const selfSigned = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    certificate,
  ];
  execFileSync('openssl', [...selfSigned, ...subject], { stdio: 'ignore' });
  const script = join(root, 'bench', 'lib', 'target.mjs');
  const child = spawn(...pinned(OTHER_CORE, process.execPath, [script, key, certificate, answerFile]), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ port }] = await once(child, 'message');
  const ask = async (message) => {
    const answered = once(child, 'message');
    child.send(message);
    return (await answered)[0].counts;
  };
  return {
    url: `https://localhost:${port}`,
    certificate,
    /** Milliseconds before it answers. */
    setLatency: (latencyMs) => ask({ latencyMs }),
    /** What it has served since the last call of this. */
    takeCounts: () => ask({ reset: true }),
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
