import type { ConfigProblems } from '@mtls/platform';
import * as v from 'valibot';
import { ACCEPT_SETTING } from './auth/binding-refusals';
import { certificateHeaders } from './auth/client-certificate';
import type { CertificateBindingPolicy } from './auth/require-certificate-binding';

/** A host name, or `*.` and one. */
const HOST = /^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/;

const applicationSchema = v.object({ application_uris: v.array(v.string()) });

/**
 * Reads how strictly tokens are tied to client certificates, and where.
 *
 * - `CERTIFICATE_ROUTES`: hosts, separated by commas; by default those of VCAP_APPLICATION's `application_uris` whose
 *   second label is `cert`.
 * - `CLIENT_CERTIFICATE_HEADER`: the header of another platform than Cloud Foundry.
 * - `CERTIFICATE_BINDING`: `if-bound` (default) or `required`, on certificate routes.
 * - `ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES`: `true` or `false` (default).
 */
export function readCertificateBinding(env: NodeJS.ProcessEnv, problems: ConfigProblems): CertificateBindingPolicy {
  const choose = <T extends string>(name: string, choices: readonly [T, ...T[]]): T =>
    readChoice(env, name, choices, problems);
  const routes = readRoutes(env, problems);
  const header = choose('CLIENT_CERTIFICATE_HEADER', certificateHeaders);
  const onCertificateRoutes = choose('CERTIFICATE_BINDING', ['if-bound', 'required']);
  if (onCertificateRoutes === 'required' && routes.length === 0) {
    problems.add(
      'CERTIFICATE_BINDING is "required", but this app has no certificate route: map one, whose second label is cert, ' +
        'or name its host in CERTIFICATE_ROUTES.',
    );
  }
  const boundOnPlainRoutes = choose(ACCEPT_SETTING, ['false', 'true']) === 'true' ? 'accept' : 'refuse';
  return { routes, header, onCertificateRoutes, boundOnPlainRoutes };
}

function readRoutes(env: NodeJS.ProcessEnv, problems: ConfigProblems): readonly string[] {
  const setting = env['CERTIFICATE_ROUTES'];
  if (setting === undefined || setting === '') return listCertificateRoutes(env['VCAP_APPLICATION']);
  const hosts = setting.split(',').map((host) => host.trim().toLowerCase());
  const wrong = hosts.find((host) => !HOST.test(host));
  if (wrong !== undefined) {
    problems.add(
      `CERTIFICATE_ROUTES holds ${JSON.stringify(wrong)}: give host names without scheme, port and path, separated by ` +
        'commas, or unset it for the routes of this app whose second label is cert.',
    );
  }
  return hosts;
}

/** The platform asks for a client certificate on domains that begin with `cert.`; a route may end with a path. */
function listCertificateRoutes(vcapApplication = ''): readonly string[] {
  const uris = parseUris(vcapApplication);
  const hosts = uris.map((uri) => uri.toLowerCase().replace(/\/.*$/, ''));
  return [...new Set(hosts)].filter((host) => HOST.test(host) && host.split('.')[1] === 'cert');
}

function parseUris(vcapApplication: string): readonly string[] {
  try {
    return v.parse(applicationSchema, JSON.parse(vcapApplication)).application_uris;
  } catch {
    return []; // unset outside Cloud Foundry; whoever reads the app's name complains of rubbish
  }
}

function readChoice<T extends string>(
  env: NodeJS.ProcessEnv,
  name: string,
  choices: readonly [T, ...T[]],
  problems: ConfigProblems,
): T {
  const [fallback] = choices;
  const value = env[name] || fallback;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    problems.add(`${name} is ${JSON.stringify(value)}: give ${choices.join(' or ')}, or unset it for ${fallback}.`);
  }
  return choice ?? fallback;
}
