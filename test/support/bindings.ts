import { readFileSync } from 'node:fs';
import type { JournalJson } from './app-json';
import type { CommandResult, RunningLandscape } from './running-landscape';

export type Credentials = Readonly<Record<string, unknown>>;

interface Binding {
  readonly name: string;
  readonly credentials: Credentials;
}

/** Resolves with what a command printed. @throws with all of it when the command failed. */
export async function succeed(running: Promise<CommandResult>): Promise<string> {
  const { code, stdout, stderr } = await running;
  if (code !== 0) throw new Error(`Exit code ${code}:\n${stdout}${stderr}`);
  return stdout;
}

/** The JSON of one of the variables that Cloud Foundry gives an app, as `cf env` prints it. */
export async function readVcap(
  landscape: RunningLandscape,
  app: string,
  variable: 'VCAP_SERVICES' | 'VCAP_APPLICATION',
): Promise<string> {
  const stdout = await succeed(landscape.cf('env', app));
  return new RegExp(String.raw`${variable}: (\{[\s\S]*?\n\}|\{\})\n`).exec(stdout)?.[1] ?? '';
}

/** The bindings of an app by their label. */
export async function vcapServicesOf(
  landscape: RunningLandscape,
  app: string,
): Promise<Readonly<Record<string, readonly Binding[]>>> {
  // The shape is Cloud Foundry's; the tests assert on the members they read.
  return JSON.parse(await readVcap(landscape, app, 'VCAP_SERVICES')) as Record<string, Binding[]>;
}

export async function credentialsOf(landscape: RunningLandscape, app: string, label: string): Promise<Credentials> {
  const credentials = (await vcapServicesOf(landscape, app))[label]?.[0]?.credentials;
  if (credentials === undefined) throw new Error(`${app} has no binding of ${label}`);
  return credentials;
}

/** Creates a service key and reads it. */
export async function createServiceKey(
  landscape: RunningLandscape,
  { instance, name, parameters = {} }: { instance: string; name: string; parameters?: object },
): Promise<Credentials> {
  await succeed(landscape.cf('create-service-key', instance, name, '-c', JSON.stringify(parameters)));
  const stdout = await succeed(landscape.cf('service-key', instance, name));
  const { credentials } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { credentials: Credentials };
  return credentials;
}

/** The root certificate of the landscape, PEM. */
export async function readRoot(landscape: RunningLandscape): Promise<string> {
  return readFileSync((await succeed(landscape.control('trust', '--file'))).trim(), 'utf8');
}

/** What the services have served, oldest first. */
export async function readJournal(landscape: RunningLandscape): Promise<JournalJson[]> {
  return JSON.parse(await succeed(landscape.control('requests'))) as JournalJson[];
}
