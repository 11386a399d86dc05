import { readSettingsGroup, type GivenSettings, type SettingsSource } from '@mtls/platform';

/** An authorization server of any vendor whose tokens are accepted: JWTs after RFC 9068, bound to certificates or not. */
export interface OAuthBinding {
  readonly kind: 'oauth';
  /** Where it is configured. */
  readonly name: string;
  /** Issuer identifier (RFC 8414 §2), compared as it is written. */
  readonly issuer: string;
  /** This app, as the server's tokens name it. */
  readonly audience: string;
}

/** The tag of the user-provided service that can hold the settings. */
export const ISSUER_TAG = 'oauth-issuer';
const names = ['OAUTH_ISSUER', 'OAUTH_AUDIENCE'] as const;

/**
 * Reads OAUTH_ISSUER and OAUTH_AUDIENCE from the environment or from the service with the tag `oauth-issuer`. Undefined when
 * neither is given; what is missing or wrong is added to the problems.
 */
export function readOAuthBinding(source: SettingsSource): OAuthBinding | undefined {
  const given = readSettingsGroup({ tag: ISSUER_TAG, names }, source);
  if (given === undefined) return undefined;
  const problems = findProblems(given);
  for (const problem of problems) source.problems.add(problem);
  const { OAUTH_ISSUER: issuer, OAUTH_AUDIENCE: audience } = given.values;
  if (problems.length > 0 || issuer === undefined || audience === undefined) return undefined;
  return { kind: 'oauth', name: given.source.replace(/^the service "(.*)"$/, '$1'), issuer, audience };
}

function findProblems({ values, source }: GivenSettings<(typeof names)[number]>): string[] {
  const { OAUTH_ISSUER: issuer, OAUTH_AUDIENCE: audience } = values;
  return [
    issuer === undefined
      ? `OAUTH_ISSUER is missing in ${source}: name the authorization server whose tokens OAUTH_AUDIENCE is about.`
      : undefined,
    issuer !== undefined && !isIssuer(issuer)
      ? `OAUTH_ISSUER is ${JSON.stringify(issuer)} in ${source}: give the server's issuer identifier exactly as its metadata ` +
        'has it, an https URL without query and fragment (RFC 8414, section 2).'
      : undefined,
    audience === undefined
      ? `OAUTH_AUDIENCE is missing in ${source}: give the name of this app that the server writes into "aud", e.g. api://backendmtls.`
      : undefined,
  ].filter((problem) => problem !== undefined);
}

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username + password === '' && !/[?#]/.test(text);
}
