import { X509Certificate } from 'node:crypto';
import type { IssuedClient } from '../../src/ca/certificate-authority';
import { issueClient, openssl, toContent, toPkcs12 } from './keystores';
import { startDestinationService, type Answer, type RunningDestinationService } from './running-destination-service';

let running: RunningDestinationService;
let client: IssuedClient;
beforeAll(async () => {
  running = await startDestinationService();
  client = await issueClient(running.ca);
});
afterAll(() => running.close());

describe.each(['subaccount', 'instance'] as const)('certificates on %s level', (level) => {
  const path = `/v1/${level}Certificates`;
  const post = (body: unknown): Promise<Answer> => running.call({ method: 'POST', path, body });
  const get = (name: string): Promise<Answer> => running.call({ path: `${path}/${name}` });

  it('come back as the base64 of exactly the bytes that were uploaded, read by openssl', async () => {
    const file = client.key + client.certificate;
    expect(await post({ Name: 'exact.pem', Type: 'CERTIFICATE', Content: toContent(file) })).toMatchObject({
      status: 201,
      text: '',
    });
    const answer = await get('exact.pem');
    expect(answer.headers.etag).toMatch(/^[0-9a-f]{64}$/);
    expect(answer.json).toEqual({ Name: 'exact.pem', Type: 'CERTIFICATE', Content: toContent(file) });
    const { Content } = answer.json as { Content: string };
    const decoded = openssl(['base64', '-d', '-A', '-in', 'content'], { content: Content });
    expect(decoded.equals(Buffer.from(file))).toBe(true);
    const serial = openssl(['x509', '-in', 'file', '-noout', '-serial'], { file: decoded }).toString();
    expect(serial.trim()).toBe(`serial=${client.leaf.serialNumber}`);
  });

  it('may have base64 with line breaks, and no Type', async () => {
    const Content = toContent(client.certificate).replace(/(.{64})/g, '$1\r\n');
    expect((await post({ Name: 'broken.crt', Content })).status).toBe(201);
    expect((await get('broken.crt')).json).toEqual({ Name: 'broken.crt', Content: toContent(client.certificate) });
  });

  it('are refused with 409 as a JSON text when the name exists', async () => {
    await post({ Name: 'twice.pem', Content: toContent(client.certificate) });
    expect(await post({ Name: 'twice.pem', Content: toContent(client.certificate) })).toMatchObject({
      status: 409,
      json: "Duplicate key: a certificate with the name 'twice.pem' exists already",
    });
  });

  it('are replaced, listed and deleted', async () => {
    const body = { Name: 'replace.pem', Content: toContent(running.ca.rootPem) };
    expect((await running.call({ method: 'PUT', path, body })).status).toBe(404);
    await post(body);
    const changed = { ...body, Content: toContent(client.certificate) };
    expect((await running.call({ method: 'PUT', path, body: changed })).json).toEqual({ Count: 1 });
    expect((await running.call({ path })).json).toContainEqual(changed);
    expect((await running.call({ method: 'DELETE', path: `${path}/replace.pem` })).json).toEqual({ Count: 1 });
    const answer = await get('replace.pem');
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({ ErrorMessage: 'There is no such key pair for this account' });
  });

  it('can be posted several at once', async () => {
    const Content = toContent(client.certificate);
    const answer = await post([
      { Name: 'bulk.pem', Content },
      { Name: 'bulk.txt', Content },
    ]);
    expect(answer).toMatchObject({
      status: 207,
      json: [
        { name: 'bulk.pem', status: 201 },
        { name: 'bulk.txt', status: 400, cause: expect.stringContaining('the extension decides the format') as string },
      ],
    });
  });
});

describe('the extension of a certificate’s name', () => {
  const upload = (Name: string, file: string | Buffer): Promise<Answer> =>
    running.call({ method: 'POST', path: '/v1/subaccountCertificates', body: { Name, Content: toContent(file) } });

  it.each(['a.pem', 'a.crt', 'a.cer', 'a.PEM'])('may be that of %s for PEM', async (name) => {
    expect((await upload(name, client.certificate)).status).toBe(201);
  });

  it.each(['b.p12', 'b.pfx', 'b.jks'])('may be that of %s for PKCS#12', async (name) => {
    expect((await upload(name, toPkcs12(client, 'geheim'))).status).toBe(201);
  });

  it('may be .jks for a Java keystore', async () => {
    expect((await upload('c.jks', Buffer.from('feedfeed00000002', 'hex'))).status).toBe(201);
  });

  it('must be there', async () => {
    for (const name of ['keystore', 'keystore.', 'keystore.txt', '.pem.'])
      expect(await upload(name, client.certificate)).toMatchObject({
        status: 400,
        text: expect.stringContaining('must end in .pem, .crt, .cer, .p12, .pfx, .jks') as string,
      });
  });

  it('must say what the file is', async () => {
    const pkcs12 = toPkcs12(client, 'geheim');
    expect((await upload('d.pem', pkcs12)).text).toContain('is PKCS#12, but the extension says PEM');
    expect((await upload('d.p12', client.certificate)).text).toContain('is PEM, but the extension says PKCS#12');
    expect((await upload('d.cer', client.leaf.raw)).text).toContain('is neither PEM nor PKCS#12 nor JKS');
    expect((await upload('d.p12', client.leaf.raw)).text).toContain('is neither PEM nor PKCS#12 nor JKS');
    expect((await upload('d.jks', client.certificate)).text).toContain('is PEM, but the extension says JKS');
  });
});

describe('a certificate’s Content', () => {
  const upload = (body: unknown): Promise<Answer> =>
    running.call({ method: 'POST', path: '/v1/subaccountCertificates', body });

  it('must be the base64 of the file and not the file', async () => {
    expect((await upload({ Name: 'e.pem', Content: client.certificate })).text).toContain('is no base64');
  });

  it('must hold PEM that can be read, block by block', async () => {
    const escaped = client.certificate.replaceAll('\n', String.raw`\n`);
    expect((await upload({ Name: 'e.pem', Content: toContent(escaped) })).text).toContain('no complete PEM block');
    const damaged = client.certificate.replace(/(BEGIN CERTIFICATE-----\n)./, '$1_');
    expect((await upload({ Name: 'e.pem', Content: toContent(damaged) })).text).toContain(
      'Block 1 (CERTIFICATE) of "e.pem" cannot be read',
    );
    const badKey = client.key.replace(/(PRIVATE KEY-----\n)..../, '$1AAAA');
    expect((await upload({ Name: 'e.pem', Content: toContent(client.certificate + badKey) })).text).toContain(
      'Block 4 (RSA PRIVATE KEY) of "e.pem" cannot be read',
    );
  });

  it.each([
    [{ Content: 'QQ==' }, 'The property Name'],
    [{ Name: 'f.pem' }, 'The property Content'],
    [{ Name: 'f.pem', Content: '' }, 'The property Content'],
    [{ Name: 1, Content: 'QQ==' }, 'The property Name'],
    ['x', 'Bad Request'],
  ])('is refused in %j', async (body, reason) => {
    const answer = await upload(body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(reason);
  });

  it('and its errors show no part of the key', async () => {
    const { text } = await upload({ Name: 'f.p12', Content: toContent(client.key + client.certificate) });
    expect(text).not.toContain('PRIVATE');
    expect(text).not.toContain(client.key.split('\n')[1]);
  });
});

describe('publicKeys', () => {
  const path = '/v1/subaccountCertificates';
  const keysOf = (name: string, headers = {}): Promise<Answer> =>
    running.call({ path: `${path}/${name}/publicKeys`, headers });

  it('are the chain without the private key, with the subject as RFC 4514 writes it', async () => {
    const [leaf = '', ...chain] = client.certificate.split(/(?<=-----END CERTIFICATE-----\n)/);
    const Content = toContent([...chain, leaf, client.key].join(''));
    await running.call({ method: 'POST', path, body: { Name: 'keys.pem', Content } });
    const answer = await keysOf('keys.pem');
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain('PRIVATE');
    const expected = openssl(['x509', '-in', 'leaf', '-noout', '-subject', '-nameopt', 'RFC2253'], { leaf });
    expect(answer.json).toEqual([
      {
        Content: client.certificate,
        SubjectDN: expected
          .toString()
          .trim()
          .replace(/^subject=/, ''),
      },
    ]);
  });

  it('are one element for each chain', async () => {
    const other = await issueClient(running.ca, 'other');
    const Content = toContent(client.certificate + other.certificate.split(/(?<=-----END CERTIFICATE-----\n)/)[0]);
    await running.call({ method: 'POST', path, body: { Name: 'two.pem', Content } });
    const elements = (await keysOf('two.pem')).json as { Content: string }[];
    expect(elements.map((element) => new X509Certificate(element.Content).serialNumber)).toEqual([
      client.leaf.serialNumber,
      other.leaf.serialNumber,
    ]);
  });

  it('answer conditional requests', async () => {
    const { etag = '' } = (await keysOf('keys.pem')).headers;
    expect((await keysOf('keys.pem', { 'if-none-match': etag })).status).toBe(304);
    expect((await keysOf('keys.pem', { 'if-match': 'x' })).status).toBe(412);
  });

  it('cannot be retrieved from a keystore with a password', async () => {
    const body = { Name: 'keys.p12', Content: toContent(toPkcs12(client, 'geheim')) };
    await running.call({ method: 'POST', path, body });
    const answer = await keysOf('keys.p12');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual({
      ErrorMessage: 'The keystore is password-protected and public keys cannot be retrieved',
    });
    expect((await keysOf('no.pem')).status).toBe(404);
  });
});
