import type { Command } from 'commander';
import { UsageFailure } from '../failure';
import { readAuthentication, type TokenRequest } from '../probe/request-token';
import { readOAuthClient } from '../service-key/client-credentials';
import type { ClientKey } from '../service-key/read-key';
import { collect } from './call-options';

export interface TokenOptions {
  readonly secret?: true;
  readonly mtls?: true;
  readonly scope?: string;
  readonly resource?: readonly string[];
  readonly tokenUrl?: string;
}

/** Adds the options of a token request. */
export function addTokenOptions(command: Command): Command {
  return command
    .option('--secret', 'authenticate with the secret of the key')
    .option('--mtls', 'authenticate with the certificate of the key (default where it has one)')
    .option('--scope <SCOPES>', 'ask for these scopes only, separated by blanks')
    .option(
      '--resource <URI>',
      'service that the token is for (repeatable; IAS: urn:sap:identity:application:provider:…)',
      collect,
    )
    .option('--token-url <URL>', 'token endpoint, in place of the one that the key names');
}

/** @throws {Failure} naming what the key lacks for such a request. */
export function readTokenRequest({ binding, identity, source }: ClientKey, options: TokenOptions): TokenRequest {
  const { secret, mtls, scope, resource: resources, tokenUrl } = options;
  if (secret === true && mtls === true)
    throw new UsageFailure('method-twice', 'There are two ways to authenticate.', 'Use --secret or --mtls, not both.');
  if (binding === undefined)
    throw new UsageFailure(
      'client-missing',
      `${source} is a keystore: it names neither client nor token endpoint.`,
      'Give the service key, i.e. the output of "cf service-key INSTANCE KEY".',
    );
  const method = secret === true ? 'secret' : mtls === true ? 'certificate' : undefined;
  const client = readOAuthClient(binding, { method, tokenUrl });
  // An identity that was read already may have needed a password.
  const authentication =
    client.authentication.kind === 'certificate' && identity !== undefined
      ? ({ kind: 'certificate', identity } as const)
      : readAuthentication(client);
  return { clientId: client.clientId, tokenUrl: client.tokenUrl, authentication, scope, resources };
}
