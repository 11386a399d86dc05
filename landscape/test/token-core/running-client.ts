import type { JournalEntry } from '../../src/journal';
import { until } from '../support/until';
import { startXsuaa, type Answer, type Call, type RunningXsuaa } from '../xsuaa/running-xsuaa';

export const grant_type = 'client_credentials';

/** A client of XSUAA that has a secret and a certificate. */
export interface RunningClient {
  readonly xsuaa: RunningXsuaa;
  readonly instanceId: string;
  readonly client_id: string;
  /** Holds a plus sign, a trap for encodings. */
  readonly client_secret: string;
  readonly tls: BoundCertificate;
  /** Makes another binding with a certificate, of this client or another instance. */
  bindCertificate(instanceId?: string): Promise<BoundCertificate>;
  callPlain(call: Call): Promise<Answer>;
  /** A token request with the client's id and certificate, where the call does not say otherwise. */
  callMtls(call?: Call): Promise<Answer>;
}

export interface BoundCertificate {
  readonly id: string;
  readonly cert: string;
  readonly key: string;
}

export async function startClient(): Promise<RunningClient> {
  const xsuaa = await startXsuaa();
  const instanceId = await xsuaa.createInstance({
    xsappname: 'mtlsxsuaa',
    scopes: [{ name: '$XSAPPNAME.Read' }, { name: '$XSAPPNAME.sub.Write' }],
    authorities: ['$XSAPPNAME.Read', '$XSAPPNAME.sub.Write'],
    'oauth2-configuration': { 'credential-types': ['x509', 'binding-secret'], 'grant-types': ['client_credentials'] },
  });
  const bindCertificate = async (instance = instanceId) => {
    const { id, credentials } = await xsuaa.bind(instance, { 'credential-type': 'x509' });
    return { id, cert: credentials['certificate'] ?? '', key: credentials['key'] ?? '' };
  };
  const { clientid: client_id = '', clientsecret: client_secret = '' } = await bindSecretWithPlus(xsuaa, instanceId);
  const tls = await bindCertificate();
  return {
    xsuaa,
    instanceId,
    client_id,
    client_secret,
    tls,
    bindCertificate,
    callPlain: (call) => xsuaa.call({ port: 'xsuaa', ...call }),
    callMtls: (call = {}) =>
      xsuaa.call({
        port: 'xsuaaCertificate',
        body: { grant_type, client_id },
        cert: tls.cert,
        key: tls.key,
        ...call,
      }),
  };
}

/** Half of all secrets hold a plus sign. */
async function bindSecretWithPlus(xsuaa: RunningXsuaa, instanceId: string): Promise<Record<string, string>> {
  for (;;) {
    const { credentials } = await xsuaa.bind(instanceId, { 'credential-type': 'binding-secret' });
    if (credentials['clientsecret']?.includes('+')) return credentials;
  }
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

/** Expects an error answer with everything that UAA's have, and nothing of the server's insides. */
export function expectRefusal(answer: Answer, status: number, error: string, description: string | RegExp): void {
  const text = String(answer.json['error_description']);
  expect({ status: answer.status, error: answer.json['error'] }).toEqual({ status, error });
  if (typeof description === 'string') expect(text).toBe(description);
  else expect(text).toMatch(description);
  expect(answer.headers).toMatchObject({
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'content-type': 'application/json;charset=UTF-8',
  });
  expect(answer.headers['www-authenticate']).toBe(
    status === 401 ? `Basic realm="UAA/client", error="unauthorized", error_description="${text}"` : undefined,
  );
  expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.ts:/);
}

/** The journal gets its entry when the connection has let go of the answer, a moment after the client has it. */
export function expectNote({ journal }: RunningXsuaa, note: string): Promise<void> {
  const hasNote = (entry: JournalEntry) => entry.kind === 'request' && entry.note?.includes(note) === true;
  return until(`the journal says "${note}"`, () => journal.entries('xsuaa').some(hasNote));
}
