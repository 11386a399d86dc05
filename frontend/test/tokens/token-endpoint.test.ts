import { certificateOf } from '../../src/tokens/credential';
import { createTokenForm, sendTokenForm, type Grant, type Issuer } from '../../src/tokens/token-endpoint';
import { Connections } from '../../src/upstream/connections';
import { clientSecret, readTestCredential, startServices, type Services } from '../support/services';
import { sendJson } from '../support/stand-in';

let services: Services;

beforeAll(async () => {
  services = await startServices();
});
beforeEach(() => services.reset());
afterAll(() => services.stop());

const issuer: Issuer = {
  party: 'xsuaa',
  name: 'XSUAA',
  addressFrom: '"url" of the service binding "mtlsXsuaa"',
  timeoutMs: 3000,
  timeoutSetting: 'TOKEN_TIMEOUT_MS',
  clientRemedy: 'Bind the service again.',
};

async function send(grant: Grant) {
  const credential = readTestCredential(services, 'secret');
  const connections = new Connections(certificateOf(credential), { maxSockets: 8, createAgent: services.createAgent });
  try {
    return await sendTokenForm(connections.services, { issuer, credential }, createTokenForm(credential, grant));
  } finally {
    connections.close();
  }
}

describe('sendTokenForm', () => {
  it.each(['refresh_token', 'code', 'code_verifier', 'assertion'])(
    'conceals a %s and the client secret that a refusal repeats',
    async (name) => {
      services.xsuaa.handler = (_request, res) =>
        sendJson(res, 401, { error: 'invalid_token', error_description: `Invalid: 0af3-opaque-r of ${clientSecret}` });
      const { status, text } = await send({ type: 'any', parameters: [[name, '0af3-opaque-r']] });
      expect(status).toBe(401);
      expect(JSON.parse(text)).toMatchObject({ error_description: 'Invalid: [secret] of [secret]' });
    },
  );

  it('leaves what is no secret, and an empty value, in a refusal', async () => {
    services.xsuaa.handler = (_request, res) => sendJson(res, 400, { error: 'invalid_scope', scope: 'Display' });
    const parameters = [['scope', 'Display'] as const, ['refresh_token', ''] as const];
    const { text } = await send({ type: 'any', parameters });
    expect(JSON.parse(text)).toEqual({ error: 'invalid_scope', scope: 'Display' });
  });

  it('leaves a refresh token in the answer that brings it again', async () => {
    const answer = { access_token: 'opaque', refresh_token: '0af3-opaque-r' };
    services.xsuaa.handler = (_request, res) => sendJson(res, 200, answer);
    const { text } = await send({ type: 'refresh_token', parameters: [['refresh_token', '0af3-opaque-r']] });
    expect(JSON.parse(text)).toEqual(answer);
  });
});
