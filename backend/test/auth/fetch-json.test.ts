import { fetchJson } from '../../src/auth/fetch-json';
import { startTrustedXsuaa } from '../support/test-backend';
import type { XsuaaDouble } from '../support/xsuaa-double';

const LIMIT_BYTES = 262_144;

describe('fetchJson', () => {
  let server: XsuaaDouble;

  beforeAll(async () => {
    server = await startTrustedXsuaa();
  });
  afterAll(() => server.stop());

  it('reads a document of 256 KB, and refuses a longer one', async () => {
    const text = 'x'.repeat(LIMIT_BYTES - 2);
    server.behaviour = { kind: 'answer', status: 200, body: JSON.stringify(text) };
    expect(await fetchFromServer()).toBe(text);
    server.behaviour = { kind: 'answer', status: 200, body: JSON.stringify(`${text}x`) };
    await expect(fetchFromServer()).rejects.toThrow(`longer than ${LIMIT_BYTES} bytes`);
  });

  it.each([302, 404, 500, 204])('takes no document from an answer with the status %i', async (status) => {
    server.behaviour = { kind: 'answer', status, body: status === 204 ? '' : '{}' };
    await expect(fetchFromServer()).rejects.toMatchObject({ responseCode: status });
  });

  it('ends at the deadline, also when the answer never does', async () => {
    server.behaviour = { kind: 'drip' };
    await expect(fetchFromServer(200)).rejects.toMatchObject({ name: 'AbortError' });
    server.behaviour = { kind: 'hang' };
    await expect(fetchFromServer(200)).rejects.toMatchObject({ originalError: { name: 'AbortError' } });
  });

  it('refuses what is no JSON', async () => {
    server.behaviour = { kind: 'answer', status: 200, body: '<h1>Maintenance</h1>' };
    await expect(fetchFromServer()).rejects.toBeInstanceOf(SyntaxError);
  });

  function fetchFromServer(timeoutMs = 5000): Promise<unknown> {
    return fetchJson(`https://${server.host}/document`, timeoutMs);
  }
});
