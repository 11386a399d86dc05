import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParties, createParty, type Party } from './attacks/party';
import { describeForms, forgedHeaders } from './attacks/forged-headers';
import { forgedTokens, type TokenAttack } from './attacks/forged-tokens';
import { misplacedTokens, misrouted, oddTargets, smuggling, type OddRequest } from './attacks/odd-requests';
import { pushOtherApp, type OtherApp } from './attacks/other-app';
import * as claims from './attacks/wrong-claims';
import { createServiceKey, credentialsOf, readRoot, succeed } from './support/bindings';
import { listenAndCount, type CountingListener } from './support/counting-listener';
import { call, type Answer } from './support/http';
import { listAppProcesses } from './support/processes';
import { exchange, type RawAnswer, type RawTarget } from './support/raw-exchange';
import { run, startLandscape, type RunningLandscape } from './support/running-landscape';

const LIMIT_MS = 90_000;
const PLAIN_ROUTE = 'backendmtls-yourname.cfapps.us10.hana.ondemand.com';
const CERTIFICATE_ROUTE = 'backendmtls-yourname.cert.cfapps.us10.hana.ondemand.com';

/** What an attacker can send to a deployment as it ships, who has everything but the keys of others. */
describe('an attack on the deployed backend', () => {
  let landscape: RunningLandscape;
  let ca: string;
  let parties: Readonly<Record<Party['name'], Party>>;
  let attacker: CountingListener;
  let processes: readonly number[];

  beforeAll(async () => {
    [landscape, attacker] = await Promise.all([startLandscape(), listenAndCount()]);
    ca = await readRoot(landscape);
    parties = await createParties(landscape, ca);
    processes = listAppProcesses(landscape);
    expect(processes).toHaveLength(2);
  }, LIMIT_MS);

  afterAll(async () => {
    await Promise.all([landscape?.stop(), attacker?.close()]);
  }, LIMIT_MS);

  /** Nobody was sent to the attacker, and no app had to be started again. */
  afterEach(() => {
    expect(attacker.connections()).toBe(0);
    expect(listAppProcesses(landscape)).toEqual(expect.arrayContaining([...processes]));
  });

  describe.each(['XSUAA', 'Identity', 'the authorization server'] as const)(
    'with a token of %s and the certificate that it is bound to:',
    (name) => {
      it.each(forgedTokens)('refuses a token with %s', expectTokenRefused);
      it.each(claims.wrongTimes)('refuses a token with %s', expectTokenRefused);
      it.each(claims.wrongAudiences)('refuses a token with %s', expectTokenRefused);
      it.each(claims.wrongConfirmations)('refuses a token with %s', expectTokenRefused);
      it.each(claims.wrongOrigins[name])('refuses a token with %s', expectTokenRefused);

      async function expectTokenRefused(...[, forge, description]: TokenAttack): Promise<void> {
        const party = parties[name];
        const jwt = forge(party, attacker.host);
        expectInvalidToken(await onCertificateRoute(jwt, party), description);
      }

      it('accepts the issuer’s own token after all those', async () => {
        const party = parties[name];
        expect(await onCertificateRoute(party.bound, party)).toMatchObject({ status: 200 });
        expect(await onCertificateRoute(party.signer.sign({ jti: 'new' }), party)).toMatchObject({ status: 200 });
      });
    },
  );

  describe('with a bound token and a forged header', () => {
    const request = (host: string, jwt: string, lines: readonly string[]) => [
      'GET /endpoint HTTP/1.1',
      `Host: ${host}`,
      `Authorization: Bearer ${jwt}`,
      ...(lines.some((line) => line.startsWith('Connection')) ? [] : ['Connection: close']),
      ...lines,
    ];
    it.each(forgedHeaders)('on the certificate route, %s: refuses it', async (_name, lines, status) => {
      const { bound, line } = parties.XSUAA;
      const answer = await exchange(
        targetOf('certificate route'),
        request(CERTIFICATE_ROUTE, bound, lines(describeForms(line))),
      );
      expectRefusal(answer, status, /and none came with the request/);
    });

    it.each(forgedHeaders)('on the plain route, %s: refuses it', async (_name, lines, status) => {
      const { bound, line } = parties.XSUAA;
      const answer = await exchange(
        targetOf('plain route'),
        request(CERTIFICATE_ROUTE, bound, lines(describeForms(line))),
      );
      expectRefusal(answer, status, /which cannot arrive on this route/);
    });
  });

  describe.each([
    ['by another way', misrouted],
    ['smuggled in by', smuggling],
    ['with what RFC 6750 does not allow:', misplacedTokens],
  ] as const)('%s', (_how, requests) => {
    it.each([...requests])('$name: refuses it', async ({ to, servername, lines, statuses, says = /(?:)/ }) => {
      const scene = { party: parties.XSUAA, certificateHost: CERTIFICATE_ROUTE, plainHost: PLAIN_ROUTE };
      const target = targetOf(to, servername?.(scene));
      const answer = await exchange(target, lines(scene));
      expect(answer).toEqual({ statuses, text: expect.stringMatching(says) as string });
    });
  });

  describe('with what was issued to others', () => {
    const otherInstance = { xsappname: 'other', 'oauth2-configuration': { 'credential-types': ['x509'] } };
    let folder: string;
    let otherApp: OtherApp;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'attacks-'));
      await succeed(
        landscape.cf('create-service', 'xsuaa', 'application', 'otherXsuaa', '-c', JSON.stringify(otherInstance)),
      );
      otherApp = await pushOtherApp(landscape, { folder, instance: 'otherXsuaa' });
    }, LIMIT_MS);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('refuses the token of another key of its own instance with the certificate of the first', async () => {
      const second = await createServiceKey(landscape, {
        instance: 'mtlsXsuaa',
        name: 'second',
        parameters: { 'credential-type': 'x509' },
      });
      const party = await createParty(landscape, { name: 'XSUAA', ca, credentials: second });
      expect(await onCertificateRoute(party.bound, party)).toMatchObject({ status: 200 });
      expectInvalidToken(await onCertificateRoute(party.bound, parties.XSUAA), /bound to another client certificate/);
      expectInvalidToken(await onCertificateRoute(parties.XSUAA.bound, party), /bound to another client certificate/);
    });

    it('refuses another certificate for the same key and name, of the same authority', async () => {
      const { client, bound } = parties.XSUAA;
      const [key, request] = [join(folder, 'key.pem'), join(folder, 'request.pem')];
      writeFileSync(key, client.key, { mode: 0o600 });
      await succeed(run('openssl', ['req', '-new', '-key', key, '-subj', '/CN=client', '-out', request]));
      const renewed = { ...client, cert: await succeed(landscape.control('sign', request)) };
      const answer = await onCertificateRoute(bound, { client: renewed });
      expectInvalidToken(answer, /bound to another client certificate/);
    });

    it('refuses a certificate for the same key that the client has signed by itself', async () => {
      const { client, bound } = parties.XSUAA;
      const key = join(folder, 'key.pem');
      writeFileSync(key, client.key, { mode: 0o600 });
      const cert = await succeed(run('openssl', ['req', '-x509', '-new', '-key', key, '-subj', '/CN=client']));
      const answer = await onCertificateRoute(bound, { client: { ...client, cert } });
      expectInvalidToken(answer, /and none came with the request/);
    });

    it('lets nobody shake hands with the certificate of another, whose key he does not have', async () => {
      const client = { cert: parties.XSUAA.client.cert, key: parties.Identity.client.key };
      await expect(onCertificateRoute(parties.XSUAA.bound, { client })).rejects.toThrow(/key values mismatch/);
    });

    it.each(['XSUAA', 'Identity'] as const)(
      'refuses the token of %s on the routes of another app, which is bound to another instance',
      async (name) => {
        const { bound, client } = parties[name];
        const headers = { authorization: `Bearer ${bound}` };
        const ways = [
          { url: otherApp.certificate, tls: { ca, ...client } },
          { url: otherApp.certificate, tls: { ca } },
          { url: otherApp.plain },
        ];
        for (const { url, tls } of ways) {
          const answer = await call(`${url}/endpoint`, { headers, ...(tls && { tls }) });
          expectInvalidToken(answer, /^The token was issued for another application/);
        }
      },
    );

    it('refuses the other app’s token on the first app’s route, and the other app accepts it', async () => {
      const credentials = await credentialsOf(landscape, 'otherbackend', 'xsuaa');
      const party = await createParty(landscape, { name: 'XSUAA', ca, credentials });
      expectInvalidToken(await onCertificateRoute(party.bound, party), /^The token was issued for another application/);
      const answer = await call(`${otherApp.certificate}/endpoint`, {
        headers: { authorization: `Bearer ${party.bound}` },
        tls: { ca, ...party.client },
      });
      expect(answer).toMatchObject({ status: 200 });
    });
  });

  it.each(oddTargets)('without a token on %s: refuses it', async (target, statuses) => {
    const lines = [`GET ${target} HTTP/1.1`, `Host: ${PLAIN_ROUTE}`, 'Connection: close'];
    const answer = await exchange(targetOf('plain route'), lines);
    expect(answer.statuses).toEqual(statuses);
  });

  it('is answered by the backend itself: no failure of its own is in its log, nobody else was asked', async () => {
    const log = await succeed(landscape.cf('logs', 'backendmtls', '--recent'));
    expect(log).toContain('"response_status":401');
    expect(log).not.toMatch(/"response_status":5\d\d/);
    // The listener would have noticed.
    const control = await listenAndCount();
    await expect(call(`https://${control.host}/`)).rejects.toThrow(/disconnected|ECONNRESET|hang up/);
    expect(control.connections()).toBe(1);
    await control.close();
  });

  function targetOf(to: OddRequest['to'], servername = 'localhost'): RawTarget {
    const port = Number(new URL(landscape.url(to === 'plain route' ? 'backend' : 'certificate')).port);
    if (to === 'plain route') return { port };
    const client = to === 'certificate route' ? {} : parties.XSUAA.client;
    return { port, tls: { ca, servername, ...client } };
  }

  function onCertificateRoute(jwt: string, { client }: Pick<Party, 'client'>): Promise<Answer> {
    const headers = { authorization: `Bearer ${jwt}` };
    return call(`${landscape.url('certificate')}/endpoint`, { headers, tls: { ca, ...client } });
  }
});

function expectRefusal({ statuses, text }: RawAnswer, status: number, description: RegExp): void {
  expect({ statuses, text }).toEqual({ statuses: [status], text: expect.any(String) });
  if (status === 401) {
    expect(text).toMatch(/^www-authenticate: Bearer error="invalid_token", error_description="/im);
    expect(text).toMatch(description);
  }
}

/** RFC 6750 §3.1: 401 with the error in the challenge. */
function expectInvalidToken({ status, headers, text }: Answer, description: RegExp): void {
  const body = JSON.parse(text) as { error: string; error_description: string };
  expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_token' });
  expect(body.error_description).toMatch(description);
  expect(headers['www-authenticate']).toBe(
    `Bearer error="invalid_token", error_description="${body.error_description}"`,
  );
}
