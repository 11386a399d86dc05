import { OAuthError } from '../token-core/oauth-error';
import { subaccount } from '../xsuaa/subaccount';
import type { IdentityClient, Provider } from './identity-client';

const PREFIX = 'urn:sap:identity:application:';
const FORMS = `${PREFIX}provider:name:<dependency>, ${PREFIX}provider:clientid:<client id> or ${PREFIX}service:id:<service instance id>`;

/** Each form of `resource` with the test that tells the provider meant. */
const forms: readonly (readonly [RegExp, (provider: Provider, value: string) => boolean])[] = [
  [/^provider:name:(.+)$/, ({ name }, value) => name === value],
  [/^provider:clientid:([^:]+)(?::apptid:([^:]+))?$/, ({ clientId }, value) => clientId === value],
  [/^service:id:(.+)$/, ({ instanceId }, value) => instanceId === value],
];

/**
 * Finds the application that a token request names by `resource` (RFC 8707 §2); undefined when it names none. It must be
 * one that the client's `consumed-services` list, or the client's own; several values must name the same one.
 * @throws {OAuthError} invalid_target.
 */
export function findTarget(resources: readonly string[], client: IdentityClient): Provider | undefined {
  const [first, ...others] = new Set(resources.map((resource) => findProvider(resource, client)));
  if (others.length > 0) throw invalidTarget('All resources of a request must be of one provider application');
  return first;
}

function findProvider(resource: string, client: IdentityClient): Provider {
  const path = resource.startsWith(PREFIX) ? resource.slice(PREFIX.length) : '';
  for (const [pattern, isMeant] of forms) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const [, value = '', tenant = subaccount.id] = match;
    const provider = client.providers.find((candidate) => isMeant(candidate, value));
    if (provider !== undefined && tenant === subaccount.id) return provider;
    throw invalidTarget(
      `The application has no dependency ${abbreviate(resource)}; list the provider's service instance in "consumed-services"`,
    );
  }
  throw invalidTarget(`resource is ${abbreviate(resource)}; it must be ${FORMS}`);
}

function invalidTarget(description: string): OAuthError {
  return new OAuthError({ status: 400, error: 'invalid_target', description });
}

const SHOWN = 120;

function abbreviate(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}
