import { BrokerError } from '../../src/broker';
import { AppInstances } from '../../src/cf/app-instances';
import { AppLog } from '../../src/cf/app-log';
import { createApp } from '../../src/cf/app-settings';
import { CloudFoundryError } from '../../src/cf/cloud-foundry-error';
import { Services } from '../../src/cf/services';
import { SpaceState } from '../../src/cf/state';
import { createVcapServices } from '../../src/cf/vcap';
import { FakeBroker } from '../support/fake-broker';

const xsuaa = { offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa' };

describe('services of the landscape', () => {
  let broker: FakeBroker;
  let state: SpaceState;
  let services: Services;

  beforeEach(() => {
    broker = new FakeBroker();
    state = new SpaceState();
    services = new Services({ state, brokers: [broker, new FakeBroker('destination', ['destination'])] });
    for (const name of ['backend', 'frontend']) state.apps.set(name, createAppRecord(name));
  });

  function vcapOf(app: string) {
    const record = state.apps.get(app);
    if (record === undefined) throw new Error(`${app} is missing.`);
    return createVcapServices(state.bindingsOf(record));
  }

  describe('create-service', () => {
    it('hands name, plan and parameters to the broker', async () => {
      expect(await services.createService({ ...xsuaa, parameters: { xsappname: 'a' } })).toBe('created');
      const { guid } = services.service('mtlsXsuaa');
      expect(broker.instances.get(guid)).toEqual({
        instanceId: guid,
        instanceName: 'mtlsXsuaa',
        plan: 'application',
        parameters: { xsappname: 'a' },
      });
    });

    it('leaves an instance of that name as it is, whatever its offering', async () => {
      await services.createService(xsuaa);
      expect(await services.createService({ offering: 'destination', plan: 'broker', name: 'mtlsXsuaa' })).toBe(
        'exists',
      );
      expect(services.service('mtlsXsuaa')).toMatchObject({ offering: 'xsuaa', plan: 'application' });
    });

    it.each([
      [{ offering: 'nope' }, "The plan 'application' could not be found for service offering 'nope'."],
      [{ plan: 'nope' }, "The plan 'nope' could not be found for service offering 'xsuaa'."],
      [{ broker: 'b' }, "The plan 'application' could not be found for service offering 'xsuaa' and broker 'b'."],
    ])('refuses %p', async (change, message) => {
      await expect(services.createService({ ...xsuaa, ...change })).rejects.toMatchObject({
        code: 'service-plan-not-found',
        message,
      });
      expect(services.services()).toEqual([]);
    });

    it("keeps an instance that the broker refused as 'create failed', and replaces it at the next try", async () => {
      await expect(
        services.createService({ ...xsuaa, parameters: { refuse: 'xsappname is missing' } }),
      ).rejects.toThrow(/^Job \([0-9a-f-]{36}\) failed: Service broker error: xsappname is missing$/);
      expect(services.services()).toMatchObject([
        {
          name: 'mtlsXsuaa',
          lastOperation: { type: 'create', state: 'failed', message: 'Service broker error: xsappname is missing' },
        },
      ]);
      expect(broker.instances.size).toBe(0);
      await expect(services.bindService({ app: 'backend', service: 'mtlsXsuaa' })).rejects.toThrow(CloudFoundryError);
      expect(await services.createService(xsuaa)).toBe('created');
      expect(services.service('mtlsXsuaa').lastOperation.state).toBe('succeeded');
    });

    it('deletes a failed one without asking the broker', async () => {
      await services.createService({ ...xsuaa, parameters: { refuse: 'no' } }).catch(() => {});
      expect(await services.deleteService('mtlsXsuaa')).toBe('deleted');
    });
  });

  describe('update-service', () => {
    beforeEach(() => services.createService({ ...xsuaa, parameters: { a: 1 }, tags: ['t'] }));

    it('changes plan, parameters and tags', async () => {
      expect(await services.updateService('mtlsXsuaa', { plan: 'broker', tags: ['u'] })).toBe('updated');
      const { guid, tags, parameters } = services.service('mtlsXsuaa');
      expect({ tags, parameters }).toEqual({ tags: ['u'], parameters: { a: 1 } });
      expect(broker.instances.get(guid)).toMatchObject({ plan: 'broker', parameters: { a: 1 } });
      await services.updateService('mtlsXsuaa', { parameters: { b: 2 } });
      expect(broker.instances.get(guid)).toMatchObject({ plan: 'broker', parameters: { b: 2 } });
    });

    it('does nothing when only the present plan is asked for', async () => {
      expect(await services.updateService('mtlsXsuaa', { plan: 'application' })).toBe('unchanged');
    });

    it('keeps what it had when the broker refuses', async () => {
      await expect(services.updateService('mtlsXsuaa', { parameters: { refuse: 'no' } })).rejects.toThrow(
        /Service broker error: no$/,
      );
      expect(services.service('mtlsXsuaa')).toMatchObject({
        parameters: { a: 1 },
        lastOperation: { type: 'update', state: 'failed' },
      });
    });

    it('refuses a missing, a user-provided instance and an unknown plan', async () => {
      await services.createUserProvidedService({ name: 'own' });
      await expect(services.updateService('nope', {})).rejects.toThrow(/^Service instance 'nope' not found$/);
      await expect(services.updateService('own', { tags: [] })).rejects.toThrow(
        "The service instance 'own' is not managed",
      );
      await expect(services.updateService('mtlsXsuaa', { plan: 'x' })).rejects.toMatchObject({
        code: 'service-plan-not-found',
      });
    });
  });

  describe('bindings', () => {
    beforeEach(() => services.createService(xsuaa));

    it('binds once with the first parameters', async () => {
      const request = { app: 'backend', service: 'mtlsXsuaa' };
      expect(await services.bindService({ ...request, parameters: { first: true } })).toBe('bound');
      expect(await services.bindService({ ...request, parameters: { first: false } })).toBe('already-bound');
      expect(vcapOf('backend')).toMatchObject({ xsuaa: [{ credentials: { first: true } }] });
      expect(vcapOf('frontend')).toEqual({});
      expect(services.services()[0]?.boundApps).toMatchObject([{ app: 'backend' }]);
    });

    it('shows only the newest of several bindings to the app', async () => {
      const request = { app: 'backend', service: 'mtlsXsuaa', strategy: 'multiple' } as const;
      await services.bindService(request);
      await services.bindService({ ...request, parameters: { newest: true } });
      expect(services.bindings('backend')).toHaveLength(2);
      const { xsuaa: shown } = vcapOf('backend');
      expect(shown).toMatchObject([{ credentials: { newest: true } }]);
      const [older] = services.bindings('backend');
      expect(
        await services.unbindService({ app: 'backend', service: 'mtlsXsuaa', bindingGuid: older?.bindingGuid ?? '' }),
      ).toEqual([older?.bindingGuid]);
      expect(broker.bindings.size).toBe(1);
    });

    it('uses the binding name in VCAP_SERVICES and refuses one that the app has already', async () => {
      await services.createService({ ...xsuaa, name: 'second' });
      await services.bindService({ app: 'backend', service: 'mtlsXsuaa', bindingName: 'auth' });
      expect(vcapOf('backend')).toMatchObject({
        xsuaa: [{ name: 'auth', binding_name: 'auth', instance_name: 'mtlsXsuaa' }],
      });
      await expect(services.bindService({ app: 'backend', service: 'second', bindingName: 'auth' })).rejects.toThrow(
        "The binding name is invalid. Binding names must be unique for a given service instance and app. The app already has a binding with name 'auth'.",
      );
      await services.bindService({ app: 'frontend', service: 'second', bindingName: 'auth' });
    });

    it('looks for the instance first, then for the app', async () => {
      await expect(services.bindService({ app: 'nope', service: 'nope' })).rejects.toThrow(
        /^Service instance 'nope' not found$/,
      );
      await expect(services.bindService({ app: 'nope', service: 'mtlsXsuaa' })).rejects.toThrow(
        /^App 'nope' not found\.$/,
      );
      await expect(services.unbindService({ app: 'nope', service: 'mtlsXsuaa' })).rejects.toThrow(CloudFoundryError);
    });

    it('unbinds, and says when there was nothing to unbind', async () => {
      await services.bindService({ app: 'backend', service: 'mtlsXsuaa' });
      const [binding] = services.bindings('backend');
      expect(await services.unbindService({ app: 'backend', service: 'mtlsXsuaa' })).toEqual([binding?.bindingGuid]);
      expect(broker.bindings.size).toBe(0);
      expect(await services.unbindService({ app: 'backend', service: 'mtlsXsuaa' })).toEqual([]);
    });

    it('leaves nothing when the broker refuses', async () => {
      await expect(
        services.bindService({ app: 'backend', service: 'mtlsXsuaa', parameters: { refuse: 'YEARS' } }),
      ).rejects.toThrow(/^Job \(.*\) failed: Service broker error: YEARS$/);
      expect(services.bindings('backend')).toEqual([]);
    });

    it('does not hide a fault of the landscape as a refusal of the broker', async () => {
      broker.bind = async () => {
        throw new TypeError('bug');
      };
      await expect(services.bindService({ app: 'backend', service: 'mtlsXsuaa' })).rejects.toThrow(TypeError);
    });

    it('deletes bindings and keys with their instance', async () => {
      await services.bindService({ app: 'backend', service: 'mtlsXsuaa' });
      await services.createServiceKey({ service: 'mtlsXsuaa', key: 'k' });
      expect(await services.deleteService('mtlsXsuaa')).toBe('deleted');
      expect([broker.bindings.size, broker.instances.size, services.bindings('backend').length]).toEqual([0, 0, 0]);
      expect(await services.deleteService('mtlsXsuaa')).toBe('missing');
    });

    it("keeps an instance that the broker does not let go as 'delete failed'", async () => {
      await services.createService({ ...xsuaa, name: 'sticky', parameters: { undeletable: true } });
      await expect(services.deleteService('sticky')).rejects.toThrow(/Service broker error: not now$/);
      expect(services.service('sticky').lastOperation).toMatchObject({ type: 'delete', state: 'failed' });
    });
  });

  describe('service keys', () => {
    beforeEach(() => services.createService(xsuaa));

    it('creates, lists, shows and deletes them', async () => {
      expect(await services.createServiceKey({ service: 'mtlsXsuaa', key: 'k2', parameters: { a: 1 } })).toBe(
        'created',
      );
      expect(await services.createServiceKey({ service: 'mtlsXsuaa', key: 'k1' })).toBe('created');
      expect(await services.createServiceKey({ service: 'mtlsXsuaa', key: 'k2', parameters: { a: 2 } })).toBe('exists');
      expect(services.serviceKeys('mtlsXsuaa').map(({ name }) => name)).toEqual(['k1', 'k2']);
      expect(services.serviceKey({ service: 'mtlsXsuaa', key: 'k2' })?.credentials).toMatchObject({ a: 1 });
      expect(services.serviceKey({ service: 'mtlsXsuaa', key: 'nope' })).toBeUndefined();
      expect(await services.deleteServiceKey({ service: 'mtlsXsuaa', key: 'k2' })).toBe('deleted');
      expect(await services.deleteServiceKey({ service: 'mtlsXsuaa', key: 'k2' })).toBe('missing');
      expect(broker.bindings.size).toBe(1);
    });

    it('needs an instance, which is not user-provided', async () => {
      await services.createUserProvidedService({ name: 'own' });
      expect(() => services.serviceKeys('nope')).toThrow(/^Service instance 'nope' not found$/);
      await expect(services.deleteServiceKey({ service: 'nope', key: 'k' })).rejects.toThrow(CloudFoundryError);
      await expect(services.createServiceKey({ service: 'own', key: 'k' })).rejects.toMatchObject({
        code: 'service-keys-not-supported',
      });
    });
  });

  describe('user-provided services', () => {
    it('appear in VCAP_SERVICES without provider and plan', async () => {
      const request = { name: 'own', credentials: { url: 'https://x' }, tags: ['t'], syslogDrainUrl: 'syslog://y' };
      expect(await services.createUserProvidedService(request)).toBe('created');
      expect(await services.createUserProvidedService(request)).toBe('exists');
      await services.bindService({ app: 'backend', service: 'own' });
      const [binding] = services.bindings('backend');
      expect(JSON.stringify(vcapOf('backend'))).toBe(
        JSON.stringify({
          'user-provided': [
            {
              label: 'user-provided',
              name: 'own',
              tags: ['t'],
              instance_guid: services.service('own').guid,
              instance_name: 'own',
              binding_guid: binding?.bindingGuid,
              binding_name: null,
              credentials: { url: 'https://x' },
              syslog_drain_url: 'syslog://y',
              volume_mounts: [],
            },
          ],
        }),
      );
    });
  });

  it('lists what can be created', () => {
    expect(services.marketplace().map(({ offering }) => offering)).toEqual(['xsuaa', 'destination']);
  });

  it('runs changes one after the other', async () => {
    const results = await Promise.all([services.createService(xsuaa), services.createService(xsuaa)]);
    expect(results).toEqual(['created', 'exists']);
    expect(broker.instances.size).toBe(1);
  });

  it('goes on after a refused change', async () => {
    const refused = services.createService({ ...xsuaa, name: 'a', parameters: { refuse: 'no' } });
    const created = services.createService(xsuaa);
    await expect(refused).rejects.toMatchObject({ code: 'job-failed', cause: expect.any(BrokerError) });
    expect(await created).toBe('created');
  });
});

function createAppRecord(name: string) {
  const log = new AppLog();
  // No instance is started here: what would run them is not needed.
  const unused = {} as ConstructorParameters<typeof AppInstances>[0];
  return createApp(name, log, new AppInstances(unused));
}
