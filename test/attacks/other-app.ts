import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { succeed } from '../support/bindings';
import { root, type RunningLandscape } from '../support/running-landscape';

export interface OtherApp {
  readonly plain: string;
  readonly certificate: string;
}

const DOMAIN = 'cfapps.us10.hana.ondemand.com';
const HOSTS = { plain: `other.${DOMAIN}`, certificate: `other.cert.${DOMAIN}` };

/**
 * Pushes the shipped backend a second time, with routes of its own and one instance of XSUAA bound.
 * @param folder where its manifest is written @returns where its routes are reached
 */
export async function pushOtherApp(
  landscape: RunningLandscape,
  { folder, instance }: { readonly folder: string; readonly instance: string },
): Promise<OtherApp> {
  const { applications } = parse(readFileSync(join(root, 'manifest-all.yml'), 'utf8')) as { applications: object[] };
  const other = {
    ...applications[0],
    name: 'otherbackend',
    path: join(root, 'backend', 'dist'),
    routes: Object.values(HOSTS).map((route) => ({ route })),
    services: [{ name: instance, parameters: { 'credential-type': 'x509' } }],
  };
  const manifest = join(folder, 'manifest.yml');
  writeFileSync(manifest, stringify({ applications: [other] }));
  await succeed(landscape.cf('push', '-f', manifest));
  const status = await succeed(landscape.control('status'));
  return { plain: addressOf(status, HOSTS.plain), certificate: addressOf(status, HOSTS.certificate) };
}

/** @param status what `landscape status` prints: a line a route, with its address in front */
function addressOf(status: string, host: string): string {
  const line = status.split('\n').find((text) => text.split(/\s+/).includes(host));
  const address = line === undefined ? undefined : /https?:\/\/\S+/.exec(line)?.[0];
  if (address === undefined) throw new Error(`No address of ${host} in:\n${status}`);
  return address;
}
