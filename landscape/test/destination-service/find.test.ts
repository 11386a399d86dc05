import type { IssuedClient } from '../../src/ca/certificate-authority';
import { subaccount } from '../../src/xsuaa/subaccount';
import { issueClient, toContent } from './keystores';
import { startDestinationService, type Answer, type RunningDestinationService } from './running-destination-service';

let running: RunningDestinationService;
let client: IssuedClient;
beforeAll(async () => {
  running = await startDestinationService();
  client = await issueClient(running.ca);
});
afterAll(() => running.close());

type Level = 'subaccount' | 'instance';

function destination(name: string, properties: Record<string, string> = {}): Record<string, string> {
  return {
    Name: name,
    Type: 'HTTP',
    URL: 'https://backend.example',
    ProxyType: 'Internet',
    Authentication: 'NoAuthentication',
    ...properties,
  };
}

async function create(level: Level, body: Record<string, string>): Promise<void> {
  const kind = 'FragmentName' in body ? 'DestinationFragments' : 'Content' in body ? 'Certificates' : 'Destinations';
  const answer = await running.call({ method: 'POST', path: `/v1/${level}${kind}`, body });
  expect(answer.status).toBe(201);
}

const find = (name: string, headers: Record<string, string> = {}): Promise<Answer> =>
  running.call({ path: `/v1/destinations/${name}`, headers });
const consume = (reference: string, headers: Record<string, string> = {}): Promise<Answer> =>
  running.call({ path: `/v2/destinations/${reference}`, headers });

describe('find (v1)', () => {
  it('returns owner and configuration of a destination on the subaccount', async () => {
    const body = destination('on-subaccount', { Description: 'Grüße', 'HTML5.DynamicDestination': 'true' });
    await create('subaccount', body);
    const answer = await find('on-subaccount');
    expect(answer).toMatchObject({
      status: 200,
      json: { owner: { SubaccountId: subaccount.id, InstanceId: null }, destinationConfiguration: body },
    });
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.json).not.toHaveProperty('authTokens');
    expect(answer.json).not.toHaveProperty('certificates');
    expect(await running.lastNote()).toBe('found on subaccount level');
  });

  it('looks on the instance first, whose destination hides the subaccount’s', async () => {
    await create('subaccount', destination('both', { Description: 'subaccount' }));
    await create('instance', destination('both', { Description: 'instance' }));
    expect((await find('both')).json).toMatchObject({
      owner: { SubaccountId: subaccount.id, InstanceId: running.instanceId },
      destinationConfiguration: { Description: 'instance' },
    });
  });

  it('does not show what belongs to another instance', async () => {
    const other = await running.createInstance();
    const token = await running.fetchToken((await running.bind(other)).credentials);
    await create('instance', destination('mine'));
    expect((await find('mine')).status).toBe(200);
    expect((await running.call({ path: '/v1/destinations/mine', token })).status).toBe(404);
  });

  it('answers 404 with the exact body that clients compare when there is no such destination', async () => {
    const answer = await find('unknown');
    expect(answer.status).toBe(404);
    expect(answer.text).toBe('{"ErrorMessage":"Configuration with the specified name was not found"}');
    expect(answer.headers['content-type']).toContain('application/json');
  });

  it('finds a name that needs percent-encoding', async () => {
    await create('instance', destination("SAP John's/destination"));
    expect((await find(encodeURIComponent("SAP John's/destination"))).status).toBe(200);
  });

  it('returns user and password as a token of type Basic', async () => {
    await create(
      'instance',
      destination('basic', { Authentication: 'BasicAuthentication', User: 'ü', Password: 'p:w' }),
    );
    const value = Buffer.from('ü:p:w').toString('base64');
    expect((await find('basic')).json).toMatchObject({
      authTokens: [{ type: 'Basic', value, http_header: { key: 'Authorization', value: `Basic ${value}` } }],
    });
  });

  it('leaves secrets out of the configuration when told so, and keeps the token', async () => {
    const secrets = {
      Password: 'p',
      clientSecret: 's',
      'tokenService.KeyStorePassword': 'k',
      tokenServicePassword: 't',
    };
    await create('instance', destination('secrets', { Authentication: 'BasicAuthentication', User: 'u', ...secrets }));
    const answer = await running.call({ path: '/v1/destinations/secrets?$skipCredentials=true' });
    expect(answer.json).toMatchObject({
      destinationConfiguration: destination('secrets', { Authentication: 'BasicAuthentication', User: 'u' }),
      authTokens: [{ type: 'Basic' }],
    });
    for (const key of Object.keys(secrets)) expect(answer.text).not.toContain(key);
  });

  it('returns keystore and trust store of a destination with ClientCertificateAuthentication', async () => {
    await create('instance', { Name: 'key.pem', Content: toContent(client.key + client.certificate) });
    await create('instance', { Name: 'trust.pem', Content: toContent(running.ca.rootPem) });
    const stores = { KeyStoreLocation: 'key.pem', TrustStoreLocation: 'trust.pem' };
    await create(
      'instance',
      destination('certificate', { Authentication: 'ClientCertificateAuthentication', ...stores }),
    );
    const answer = await find('certificate');
    expect(answer.json).not.toHaveProperty('authTokens');
    expect(answer.json).toMatchObject({
      certificates: [
        { Name: 'key.pem', Type: 'CERTIFICATE', Content: toContent(client.key + client.certificate) },
        { Name: 'trust.pem', Type: 'CERTIFICATE', Content: toContent(running.ca.rootPem) },
      ],
    });
  });

  it('returns no keystore that the client provides itself', async () => {
    const own = { Authentication: 'ClientCertificateAuthentication', 'KeyStore.Source': 'ClientProvided' };
    await create('instance', destination('client-provided', own));
    expect((await find('client-provided')).json).not.toHaveProperty('certificates');
  });

  it('says in authTokens that it retrieves no token for the other authentication types', async () => {
    const properties = {
      Authentication: 'OAuth2Password',
      clientId: 'c',
      clientSecret: 's',
      tokenServiceURL: 'https://localhost:1/token',
      User: 'u',
      Password: 'p',
    };
    await create('instance', destination('password', properties));
    expect((await find('password')).json).toMatchObject({
      authTokens: [
        {
          type: '',
          value: '',
          expires_in: '0',
          error: expect.stringContaining('retrieves no tokens for Authentication OAuth2Password') as string,
        },
      ],
    });
  });

  it.each([
    [{ 'x-tenant': 'a', 'x-user-token': 'b' }, 'exclude each other'],
    [{ 'x-chain-name': 'a' }, 'no destination chains'],
    [{ 'x-fragment-name': 'a,b', 'x-fragment-optional': 'true' }, 'X-fragment-optional cannot be sent'],
    [{ 'x-fragment-name': 'a', 'x-fragment-optional': 'maybe' }, 'must be true or false'],
    [
      { 'x-client-assertion': 'a', 'x-client-assertion-destination-name': 'b' },
      'X-client-assertion-destination-name excludes',
    ],
  ])('refuses the headers %j with 400', async (headers: Record<string, string>, reason) => {
    const answer = await find('on-subaccount', headers);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(reason);
  });

  it.each(['$skipCredentials=yes', '$skipTokenRetrieval=1', '$skipCredentials=true&$skipCredentials=false'])(
    'refuses the query %s with 400',
    async (query) => {
      expect((await running.call({ path: `/v1/destinations/on-subaccount?${query}` })).status).toBe(400);
    },
  );
});

describe('the entity tag of a find', () => {
  it('is a SHA-256 in hex, and makes a 304 without a body as long as nothing has changed', async () => {
    await create('instance', destination('tagged'));
    const { headers } = await find('tagged');
    expect(headers.etag).toMatch(/^[0-9a-f]{64}$/);
    for (const tag of [headers.etag ?? '', `"${headers.etag}"`, `"x", W/"${headers.etag}"`, '*'])
      expect(await find('tagged', { 'if-none-match': tag })).toMatchObject({ status: 304, text: '' });
    const changed = destination('tagged', { Description: 'changed' });
    await running.call({ method: 'PUT', path: '/v1/instanceDestinations', body: changed });
    const answer = await find('tagged', { 'if-none-match': headers.etag ?? '' });
    expect(answer.status).toBe(200);
    expect(answer.headers.etag).not.toBe(headers.etag);
  });

  it('makes a 412 when it is demanded and no longer the current one', async () => {
    const { headers } = await find('tagged');
    expect((await find('tagged', { 'if-match': headers.etag ?? '' })).status).toBe(200);
    const answer = await find('tagged', { 'if-match': 'another' });
    expect(answer).toMatchObject({ status: 412, text: '' });
    expect(answer.headers.etag).toBe(headers.etag);
  });

  it('changes with the keystore that the token is fetched with', async () => {
    await create('instance', { Name: 'tag.pem', Content: toContent(client.key + client.certificate) });
    const properties = {
      Authentication: 'OAuth2ClientCredentials',
      clientId: 'c',
      tokenServiceURL: 'https://localhost:1/token',
      'tokenService.KeyStoreLocation': 'tag.pem',
    };
    await create('instance', destination('tag-keystore', properties));
    const { headers } = await find('tag-keystore');
    const body = { Name: 'tag.pem', Content: toContent(client.certificate + client.key) };
    await running.call({ method: 'PUT', path: '/v1/instanceCertificates', body });
    expect((await find('tag-keystore', { 'if-none-match': headers.etag ?? '' })).status).toBe(200);
  });
});

describe('fragments in a find', () => {
  beforeAll(async () => {
    await create('instance', destination('base', { kept: 'destination', both: 'destination' }));
    await create('instance', { FragmentName: 'one', both: 'one', first: 'one' });
    await create('instance', { FragmentName: 'two', both: 'two', Authentication: 'BasicAuthentication', User: 'u' });
    await create('subaccount', { FragmentName: 'elsewhere', both: 'elsewhere' });
  });

  it('are laid over the destination in the order of the header, and named', async () => {
    expect((await find('base', { 'x-fragment-name': 'one, two' })).json).toMatchObject({
      destinationConfiguration: { kept: 'destination', both: 'two', first: 'one', FragmentName: 'one,two' },
      authTokens: [{ type: 'Basic' }],
    });
    expect((await find('base')).json).toMatchObject({ destinationConfiguration: { both: 'destination' } });
  });

  it('must exist on the level of the destination', async () => {
    const answer = await find('base', { 'x-fragment-name': 'elsewhere' });
    expect(answer).toMatchObject({
      status: 404,
      json: { ErrorMessage: "The fragment with the specified name 'elsewhere' was not found" },
    });
  });

  it('may be missing when optional', async () => {
    const answer = await find('base', { 'x-fragment-name': 'elsewhere', 'x-fragment-optional': 'true' });
    expect(answer.status).toBe(200);
    expect(answer.json).not.toHaveProperty('destinationConfiguration.FragmentName');
  });
});

describe('consume (v2)', () => {
  beforeAll(async () => {
    await create('subaccount', destination('v2', { Description: 'subaccount' }));
    await create('instance', destination('v2-instance', { Description: 'instance' }));
    await create('subaccount', { FragmentName: 'v2-fragment', extra: 'subaccount' });
    await create('instance', { FragmentName: 'v2-fragment', extra: 'instance' });
  });

  it('looks on the named level only, and on the instance when none is named', async () => {
    expect((await consume('v2@subaccount')).json).toEqual({
      destinationConfiguration: destination('v2', { Description: 'subaccount' }),
    });
    expect((await consume('v2-instance')).status).toBe(200);
    expect((await consume('v2-instance@instance')).status).toBe(200);
    expect((await consume('v2@instance')).status).toBe(404);
    expect((await consume('v2')).status).toBe(404);
    expect((await consume('v2-instance@subaccount')).status).toBe(404);
  });

  it('takes provider levels as those of the one subaccount', async () => {
    expect((await consume('v2@provider_subaccount')).status).toBe(200);
    expect((await consume('v2-instance@provider_instance')).status).toBe(200);
  });

  it('refuses another level', async () => {
    expect(await consume('v2@space')).toMatchObject({
      status: 400,
      text: expect.stringContaining('v2@space') as string,
    });
  });

  it('takes fragments from the level that they name, or from the destination’s', async () => {
    const extra = async (name: string): Promise<unknown> =>
      (await consume('v2@subaccount', { 'x-fragment-name': name })).json;
    expect(await extra('v2-fragment')).toMatchObject({ destinationConfiguration: { extra: 'subaccount' } });
    expect(await extra('v2-fragment@instance')).toMatchObject({
      destinationConfiguration: { extra: 'instance', FragmentName: 'v2-fragment' },
    });
  });

  it.each(['$includeMetadata', 'includeMetadata'])('adds the owners when %s asks for them', async (parameter) => {
    const name = `${parameter.replace('$', 'x')}.pem`;
    await create('subaccount', { Name: name, Content: toContent(client.key + client.certificate) });
    const properties = { Authentication: 'ClientCertificateAuthentication', KeyStoreLocation: name };
    await create('subaccount', destination(name, properties));
    const answer = await running.call({
      path: `/v2/destinations/${name}@subaccount?${parameter}=owner`,
      headers: { 'x-fragment-name': 'v2-fragment@instance' },
    });
    const onSubaccount = { SubaccountId: subaccount.id, InstanceId: null };
    expect(answer.json).toMatchObject({
      destinationConfiguration: {
        $metadata: {
          owner: {
            destinations: [{ Name: name, ...onSubaccount }],
            certificates: [{ Name: name, ...onSubaccount }],
            fragments: [{ FragmentName: 'v2-fragment', SubaccountId: subaccount.id, InstanceId: running.instanceId }],
          },
        },
      },
    });
    expect(answer.json).not.toHaveProperty('owner');
  });

  it('refuses other metadata', async () => {
    expect((await running.call({ path: '/v2/destinations/v2@subaccount?$includeMetadata=etag' })).status).toBe(400);
  });
});
