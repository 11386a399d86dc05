import * as v from 'valibot';
import { authorizationServerAddresses } from './authorization-server/addresses';
import { formatTable } from './control/table';
import { DeployError } from './deploy-error';
import type { Landscape } from './landscape';
import { probe, type ProbeAnswer } from './probe';
import { tryReplay } from './replay-example';
import { portOf } from './settings';

const WIDTH = 150;

/** Where everything is: routes with their addresses on this machine, and the services. */
export function formatAddresses({ settings, controller }: Landscape): string {
  const routes = controller
    .routes()
    .map(({ apps, localUrl, certificate, host, domain }) => [
      `  ${apps.join(', ')}`,
      localUrl,
      `${host}.${domain}${certificate ? ', asks for a client certificate' : ''}`,
    ]);
  const authorizationServer = authorizationServerAddresses(settings);
  const services = [
    ['  XSUAA', `https://localhost:${portOf(settings, 'xsuaa')}`, 'with a secret (url)'],
    ['', `https://localhost:${portOf(settings, 'xsuaaCertificate')}`, 'with a client certificate (certurl)'],
    [
      '  Identity Authentication',
      `https://localhost:${portOf(settings, 'identity')}`,
      'with secrets and certificates (url)',
    ],
    ['  Destination Service', `https://localhost:${portOf(settings, 'destination')}`, 'uri'],
    ['  Authorization server', authorizationServer.issuer, 'issuer, of no particular vendor'],
    ['', authorizationServer.certificateUrl, 'with a client certificate (mtls_endpoint_aliases)'],
    [
      '  Cloud Integration',
      `https://localhost:${portOf(settings, 'cloudIntegration')}`,
      'flows, see landscape integration',
    ],
  ];
  return formatTable([...routes, ...services]);
}

/** By way of the Destination Service, straight from the identity service, and from any authorization server in both ways. */
const pages = ['/app', '/homepage', '/auth', '/mtlsauth'] as const;

/**
 * Calls what the user is told to call, and tells what it answered.
 * @throws {DeployError} when a page does not work, in the page's own words.
 */
export async function tryCalls(landscape: Landscape): Promise<string> {
  const frontend = routeOf(landscape, 'frontendmtls');
  const shown = await Promise.all(pages.map((path) => tryPage(`${frontend}${path}`)));
  return ['This works:', ...shown.flat(), ...(await tryTheft(landscape, `${frontend}${pages[0]}`))].join('\n');
}

/** A stolen token that is refused; where that cannot be shown, a call without any. */
async function tryTheft(landscape: Landscape, page: string): Promise<string[]> {
  const example = await tryReplay(page);
  if (example !== undefined)
    return [
      `This is what a thief of the token of ${page} gets, who has not its certificate:`,
      `  curl -i --cacert "$(landscape trust --file)" -H "Authorization: Bearer $TOKEN" ${example.url}`,
      ...describe({ ...example.answer, body: '' }),
      `  The frontend has just made this call. Make it and others of that kind yourself: ${page}#stolen`,
    ];
  const backend = `${routeOf(landscape, 'backendmtls')}/endpoint`;
  return ['This is rejected, since it has no token:', `  curl -i ${backend}`, ...describe(await probe(backend))];
}

async function tryPage(url: string): Promise<string[]> {
  const answer = await probe(url, { headers: { accept: 'application/json' } });
  if (answer.status !== 200) throw new DeployError(`${url} answers ${answer.status}: ${explain(answer.body)}`);
  return [`  curl -H 'Accept: application/json' ${url}`, ...describe(answer)];
}

const failedPage = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ error: v.object({ message: v.string(), remedy: v.string() }) }),
);

/** The words of a page that failed, without the rest of its JSON. */
function explain(body: string): string {
  const page = v.safeParse(failedPage, body);
  return page.success ? `${page.output.error.message} ${page.output.error.remedy}` : shorten(body);
}

/** @throws {DeployError} when no plain route leads to the app. */
export function routeOf({ controller }: Landscape, app: string): string {
  const route = controller.routes().find(({ apps, certificate }) => apps.includes(app) && !certificate);
  if (route === undefined) throw new DeployError(`manifest.yml maps no route to ${app}.`);
  return route.localUrl;
}

/** @throws {DeployError} when no certificate route leads to the app. */
export function certificateRouteOf({ controller }: Landscape, app: string): string {
  const route = controller.routes().find(({ apps, certificate }) => apps.includes(app) && certificate);
  if (route === undefined) throw new DeployError(`manifest.yml maps no certificate route to ${app}.`);
  return route.localUrl;
}

function describe({ status, headers, body }: ProbeAnswer): string[] {
  const challenge = headers['www-authenticate'];
  return [
    `    ${status}${challenge === undefined ? '' : `  WWW-Authenticate: ${String(challenge)}`}`,
    ...(body === '' ? [] : [`    ${shorten(body)}`]),
  ];
}

function shorten(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  return line.length > WIDTH ? `${line.slice(0, WIDTH)} …` : line;
}
