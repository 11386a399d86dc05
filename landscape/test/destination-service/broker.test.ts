import { randomUUID, X509Certificate } from 'node:crypto';
import type { JsonObject } from '../../src/broker';
import { issueClient, toContent } from './keystores';
import { startDestinationService, type RunningDestinationService } from './running-destination-service';

let running: RunningDestinationService;
beforeAll(async () => {
  running = await startDestinationService();
});
afterAll(() => running.close());

const destination = (name: string, properties: JsonObject = {}): JsonObject => ({
  Name: name,
  Type: 'HTTP',
  URL: 'https://backend.example',
  ProxyType: 'Internet',
  Authentication: 'NoAuthentication',
  ...properties,
});

const FAILED =
  'Failed to create all provided configurations. Will delete all on instance level, for configurations on subaccount level you can set policies to handle duplicates: "existing_destinations_policy" with value "update|fail|ignore" and "existing_certificates_policy" with value "fail|ignore".';

async function tokenOf(instanceId: string): Promise<string> {
  return running.fetchToken((await running.bind(instanceId)).credentials);
}

async function namesOn(level: 'subaccount' | 'instance', token?: string): Promise<string[]> {
  const answer = await running.call({ path: `/v1/${level}Destinations?$select=Name`, ...(token && { token }) });
  return (answer.json as { Name: string }[]).map(({ Name }) => Name);
}

describe('the offering', () => {
  it('is called and tagged as on SAP BTP', () => {
    const { offering, plans, tags } = running.service.broker;
    expect({ offering, plans, tags }).toEqual({
      offering: 'destination',
      plans: ['lite'],
      tags: ['destination', 'conn', 'connsvc'],
    });
  });
});

describe('a binding', () => {
  it('carries the documented credentials, with a secret by default', async () => {
    const { credentials } = await running.bind(running.instanceId);
    const guid = running.instanceId.replaceAll('-', '');
    expect(credentials).toMatchObject({
      'credential-type': 'binding-secret',
      clientid: `sb-clone${guid}!b1|destination-xsappname!b2`,
      clientsecret: expect.any(String) as string,
      xsappname: `clone${guid}!b1|destination-xsappname!b2`,
      uri: `https://localhost:${running.settings.portBase + 446}`,
      url: `https://localhost:${running.settings.portBase + 444}`,
      instanceid: running.instanceId,
    });
    expect(credentials).not.toHaveProperty('certificate');
  });

  it('has a certificate when the parameters below xsuaa say so', async () => {
    const { credentials } = await running.bind(running.instanceId, {
      xsuaa: {
        'credential-type': 'x509',
        x509: { 'key-length': 2048, validity: 2, 'validity-type': 'DAYS' },
      },
    });
    expect(credentials).toMatchObject({ 'credential-type': 'x509', instanceid: running.instanceId });
    expect(credentials).not.toHaveProperty('clientsecret');
    const leaf = new X509Certificate(credentials['certificate'] as string);
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBe(2 * 86_400_000);
  });

  it('is refused with the flat parameters of XSUAA’s own bindings, and the message shows the right ones', async () => {
    await expect(running.bind(running.instanceId, { 'credential-type': 'x509' })).rejects.toMatchObject({
      name: 'BrokerError',
      status: 400,
      message: expect.stringContaining('must be nested under "xsuaa"') as string,
    });
  });

  it('is refused with unknown parameters and in XSUAA’s words with wrong ones', async () => {
    await expect(running.bind(running.instanceId, { xsua: {} })).rejects.toThrow('unknown parameter xsua');
    await expect(running.bind(running.instanceId, { xsuaa: 'x509' })).rejects.toThrow('xsuaa');
    await expect(running.bind(running.instanceId, { xsuaa: { 'credential-type': 'nonsense' } })).rejects.toMatchObject({
      name: 'BrokerError',
    });
  });

  it('gets no new token once it is unbound', async () => {
    const { id, credentials } = await running.bind(running.instanceId);
    await running.fetchToken(credentials);
    await running.service.broker.unbind({ instanceId: running.instanceId, bindingId: id });
    await expect(running.fetchToken(credentials)).rejects.toThrow('401');
  });

  it('needs an instance', async () => {
    await expect(running.bind(randomUUID())).rejects.toMatchObject({ status: 404 });
  });
});

describe('an instance', () => {
  it('is created with its init_data on both levels', async () => {
    const client = await issueClient(running.ca);
    const instanceId = await running.createInstance({
      HTML5Runtime_enabled: true,
      init_data: {
        subaccount: { destinations: [destination('init-subaccount')] },
        instance: {
          destinations: [destination('init-instance', { 'HTML5.DynamicDestination': true })],
          certificates: [{ Name: 'init.pem', Type: 'CERTIFICATE', Content: toContent(client.certificate) }],
        },
      },
      subscriber_access: { destination: { read_scopes: ['my-app!b3.read'] } },
    });
    const token = await tokenOf(instanceId);
    expect(await namesOn('subaccount', token)).toContain('init-subaccount');
    expect(await namesOn('instance', token)).toEqual(['init-instance']);
    expect((await running.call({ path: '/v1/instanceCertificates/init.pem', token })).status).toBe(200);
  });

  it.each([
    ['update', 'new'],
    ['ignore', 'old'],
  ])('meets a destination that exists with the policy %s', async (policy, expected) => {
    const name = `policy-${policy}`;
    const withDescription = (description: string): JsonObject => ({
      subaccount: {
        existing_destinations_policy: policy,
        destinations: [destination(name, { Description: description })],
      },
    });
    await running.createInstance({ init_data: withDescription('old') });
    await running.createInstance({ init_data: withDescription('new') });
    const { json } = await running.call({ path: `/v1/subaccountDestinations/${name}` });
    expect(json).toMatchObject({ Description: expected });
  });

  it('fails by default when a destination exists, in the documented words, and leaves nothing behind', async () => {
    await running.createInstance({ init_data: { subaccount: { destinations: [destination('exists')] } } });
    const instanceId = randomUUID();
    const parameters: JsonObject = {
      init_data: {
        subaccount: { destinations: [destination('not-left-behind'), destination('exists')] },
        instance: { destinations: [destination('a')] },
      },
    };
    const request = { instanceId, instanceName: 'x', plan: 'lite', parameters };
    await expect(running.service.broker.createInstance(request)).rejects.toMatchObject({
      name: 'BrokerError',
      status: 400,
      message: `${FAILED} Cause: exists exists already on subaccount level`,
    });
    expect(await namesOn('subaccount')).not.toContain('not-left-behind');
    await expect(running.bind(instanceId)).rejects.toMatchObject({ status: 404 });
    await expect(running.service.broker.createInstance({ ...request, parameters: {} })).resolves.toBeUndefined();
  });

  it('names the configuration that is wrong', async () => {
    await expect(
      running.createInstance({ init_data: { instance: { destinations: [{ Name: 'a' }] } } }),
    ).rejects.toThrow('Cause: The property Type is missing or empty');
    await expect(
      running.createInstance({ init_data: { instance: { destinations: [destination('a'), destination('a')] } } }),
    ).rejects.toThrow('Cause: a is given twice on instance level');
  });

  it.each([
    [{ HTML5Runtime_enable: true }, 'unknown parameter HTML5Runtime_enable'],
    [{ HTML5Runtime_enabled: 'maybe' }, 'HTML5Runtime_enabled'],
    [{ init_data: { space: {} } }, 'unknown parameter init_data.space'],
    [{ init_data: { instance: { destinations: {} } } }, 'init_data.instance.destinations'],
    [
      { init_data: { instance: { existing_destinations_policy: 'replace' } } },
      'init_data.instance.existing_destinations_policy',
    ],
  ] as [JsonObject, string][])('is refused with %j, naming the parameter', async (parameters, reason) => {
    await expect(running.createInstance(parameters)).rejects.toThrow(reason);
  });

  it('takes init_data when it is updated too', async () => {
    const instanceId = await running.createInstance();
    const update = (destinations: JsonObject[], policy: string): Promise<void> =>
      running.service.broker.updateInstance({
        instanceId,
        instanceName: 'x',
        plan: 'lite',
        parameters: { init_data: { instance: { existing_destinations_policy: policy, destinations } } },
      });
    await update([destination('a')], 'fail');
    await expect(update([destination('b'), destination('a')], 'fail')).rejects.toThrow(FAILED);
    await update([destination('a'), destination('b')], 'ignore');
    expect(await namesOn('instance', await tokenOf(instanceId))).toEqual(['a', 'b']);
  });

  it('takes its own configurations with it when it is deleted, and leaves the subaccount’s', async () => {
    const instanceId = await running.createInstance({
      init_data: {
        subaccount: { destinations: [destination('stays')] },
        instance: { destinations: [destination('goes')] },
      },
    });
    const { credentials } = await running.bind(instanceId);
    await running.service.broker.deleteInstance(instanceId);
    await expect(running.fetchToken(credentials)).rejects.toThrow('401');
    expect(await namesOn('subaccount')).toContain('stays');
    const request = { instanceId, instanceName: 'x', plan: 'lite', parameters: {} };
    await running.service.broker.createInstance(request);
    expect(await namesOn('instance', await tokenOf(instanceId))).toEqual([]);
  });

  it('is deleted once', async () => {
    const instanceId = await running.createInstance();
    await running.service.broker.deleteInstance(instanceId);
    await expect(running.service.broker.deleteInstance(instanceId)).rejects.toMatchObject({ status: 404 });
  });
});
