import type { AccessFailure, BackendAccess } from '../access';
import { failedHop, type HopOutcome } from '../hop-outcome';
import type { Hop, HopAuthentication } from '../hops';
import { confirmedThumbprint } from '../tokens/claims';
import type { ClientCertificate } from '../tokens/client-certificate';
import { UpstreamError } from '../upstream/upstream';
import type { FoundDestination } from './find';
import { readKeystore } from './keystore';
import {
  pickAuthToken,
  readTarget,
  readTargetToken,
  readTokenService,
  type TargetToken,
  type TokenService,
} from './target';

/** A destination with all that its calls need; `certificate` is that of its keystore. */
export interface Destination extends BackendAccess {
  readonly token: TargetToken;
  readonly issuer: TokenService;
}

export const RETRIEVAL_PURPOSE = 'token for the backend';

/** Puts the answers of the two finds together: `found` brings address and token, `stored` the keystore. */
export function readDestination(
  found: HopOutcome<FoundDestination>,
  stored: HopOutcome<FoundDestination>,
  destinationName: string,
):
  | { readonly ok: true; readonly destination: Destination; readonly hops: readonly Hop[] }
  | ({ readonly ok: false } & AccessFailure) {
  const keystore = judge(stored, readKeystore);
  const target = judge(found, (value) => ({
    url: readTarget(value, destinationName),
    issuer: readTokenService(value),
    authToken: pickAuthToken(value),
    usesKeystore: value.destinationConfiguration['tokenService.KeyStoreLocation'] !== undefined,
  }));
  if (!target.ok) return { ok: false, hop: target.hop, error: target.error, hops: [target.hop, keystore.hop] };
  const { url, issuer, authToken, usesKeystore } = target.value;
  const token = judge({ ok: true, hop: retrievalHop(issuer), value: authToken }, readTargetToken);
  const authentication = authenticationOf(usesKeystore, token, keystore);
  const retrieval = { ...token, hop: { ...token.hop, authentication } };
  const hops = [target.hop, retrieval.hop, keystore.hop];
  // An unusable keystore is the reason for a failed retrieval.
  if (!keystore.ok) return { ok: false, hop: keystore.hop, error: keystore.error, hops };
  if (!retrieval.ok) return { ok: false, hop: retrieval.hop, error: retrieval.error, hops };
  return { ok: true, destination: { url, issuer, token: retrieval.value, certificate: keystore.value }, hops };
}

/** Reads what a hop brought; what is wrong with it becomes the hop's failure. */
function judge<T, U>(outcome: HopOutcome<T>, read: (value: T) => U): HopOutcome<U> {
  if (!outcome.ok) return outcome;
  try {
    return { ok: true, hop: outcome.hop, value: read(outcome.value) };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return { ok: false, hop: failedHop(outcome.hop, error), error };
  }
}

/** This app cannot see the service's own call, but knows from the configuration how it is made. */
function retrievalHop({ party, path }: TokenService): Hop {
  return {
    from: 'destination-service',
    to: party,
    method: 'POST',
    path,
    purpose: RETRIEVAL_PURPOSE,
    authentication: { kind: 'none' },
    cache: 'none',
    observed: false,
  };
}

/** The certificate that the service has shown is the one in the token; it may have kept the token for hours. */
function authenticationOf(
  usesKeystore: boolean,
  token: HopOutcome<TargetToken>,
  keystore: HopOutcome<ClientCertificate | undefined>,
): HopAuthentication {
  if (!usesKeystore) return { kind: 'secret' };
  const bound = token.ok ? confirmedThumbprint(token.value.claims) : undefined;
  const stored = keystore.ok ? keystore.value?.card['x5t#S256'] : undefined;
  const thumbprint = bound ?? stored;
  return thumbprint === undefined ? { kind: 'none' } : { kind: 'certificate', 'x5t#S256': thumbprint };
}
