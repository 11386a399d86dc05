import type { BackendAccess } from '../access';
import { BACKEND_PATH, type BackendUpstream } from '../backend-client';
import type { Config } from '../config';
import { certificateOf } from '../tokens/credential';
import type { CreateAgent } from '../upstream/http-client';
import type { Replay } from './replay';
import { replayToken } from './replay-token';

/** Creates what uses the tokens of a scenario as a thief would; all certificates of this app's bindings can play that of the thief. */
export function createReplay(
  { backendPlainUrl: plainUrl, destination, identity, oauth, xsuaa, process: { appName } }: Config,
  { createAgent }: { readonly createAgent?: CreateAgent },
  backend: BackendUpstream,
): (access: BackendAccess) => Promise<Replay> {
  const clients = [destination?.credential, identity?.client, xsuaa?.credential];
  const bound = clients.flatMap((client) =>
    client === undefined || client.kind === 'public' ? [] : (certificateOf(client) ?? []),
  );
  const certificates = [...bound, ...(oauth?.bound === undefined ? [] : [oauth.bound.certificate])];
  return (access) => replayToken(access, { path: BACKEND_PATH, backend, plainUrl, certificates, appName, createAgent });
}
