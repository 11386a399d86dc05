import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBuiltCli } from '../../../cli/test/support/built-cli';
import {
  claimsOf,
  expectRefusal,
  startAuthorizationServer,
  type RegisteredClient,
  type RunningAuthorizationServer,
} from './running-authorization-server';

// The cli is built and run as a process of its own; RSA keys are made at run time.
jest.setTimeout(60_000);

const runCli = useBuiltCli();
let server: RunningAuthorizationServer;
let folder: string;
beforeAll(async () => {
  jest.spyOn(console, 'warn').mockReturnValue();
  folder = mkdtempSync(join(tmpdir(), 'mtls-cli-server-'));
  server = await startAuthorizationServer();
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Made {
  readonly cert: string;
  readonly key: string;
  readonly file: string;
  readonly thumbprint: string;
}

async function makeCertificate(name: string, keyType: 'rsa' | 'ec'): Promise<Made> {
  const run = await runCli(['cert', 'self-signed', '--key-type', keyType, '--name', name, '--out', '.'], {
    cwd: folder,
  });
  expect(run).toMatchObject({ exitCode: 0, err: '' });
  const [file, cert, key] = [
    `${name}.crt`,
    ...['crt', 'key'].map((end) => readFileSync(join(folder, `${name}.${end}`), 'utf8')),
  ];
  const thumbprint = createHash('sha256')
    .update(new X509Certificate(cert ?? '').raw)
    .digest('base64url');
  return { file, cert: cert ?? '', key: key ?? '', thumbprint };
}

async function register(...files: string[]): Promise<RegisteredClient> {
  const { exitCode, out } = await runCli(['cert', 'jwks', ...files], { cwd: folder });
  expect(exitCode).toBe(0);
  return server.register({
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    tls_client_certificate_bound_access_tokens: true,
    jwks: JSON.parse(out) as object,
  });
}

describe.each(['rsa', 'ec'] as const)(
  'a client that is registered by mtls, with a key of type %s (S2-10, S2-11, S2-13)',
  (type) => {
    it('gets a token that is bound to its certificate, over real TLS', async () => {
      const certificate = await makeCertificate(`client-${type}`, type);
      const { client_id } = await register(certificate.file);
      const answer = await server.fetchToken(client_id, { certificate });
      expect(claimsOf(answer)).toMatchObject({ client_id, cnf: { 'x5t#S256': certificate.thumbprint } });
    });

    it('is refused with any other certificate, and so is the other client with its own (R-3)', async () => {
      const [own, other] = [await makeCertificate(`own-${type}`, type), await makeCertificate(`other-${type}`, type)];
      const { client_id } = await register(own.file);
      const otherClient = await register(other.file);
      for (const [id, certificate] of [
        [client_id, other],
        [otherClient.client_id, own],
      ] as const)
        expectRefusal(
          await server.fetchToken(id, { certificate }),
          401,
          'invalid_client',
          /none of the client's registered/,
        );
      const nobody = await server.fetchToken('nobody', { certificate: own });
      expectRefusal(nobody, 401, 'invalid_client', /there is no such client/);
      const unnamed = await server.call({ form: { grant_type: 'client_credentials' }, certificate: own });
      expectRefusal(unnamed, 400, 'invalid_request', /client_id is missing/);
    });

    it('has two certificates while it changes from one to the other', async () => {
      const [old, next] = [await makeCertificate(`old-${type}`, type), await makeCertificate(`next-${type}`, type)];
      const { client_id } = await register(old.file, next.file);
      for (const certificate of [old, next]) {
        const { cnf } = claimsOf(await server.fetchToken(client_id, { certificate }));
        expect(cnf).toEqual({ 'x5t#S256': certificate.thumbprint });
      }
    });
  },
);
