import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/**
 * Creates the engine's storage: clients and their registration access tokens, in memory. They end with the landscape, as
 * service bindings do; access tokens are JWTs, which nobody stores.
 * @param checkClient throws the engine's error when a client may not be registered so.
 */
export function createClientStore(checkClient: (metadata: AdapterPayload) => void): AdapterFactory {
  return (model) => createMemory(model === 'Client' ? checkClient : () => undefined);
}

function createMemory(check: (payload: AdapterPayload) => void): Adapter {
  const entries = new Map<string, AdapterPayload>();
  const findNothing = async (): Promise<undefined> => undefined;
  return {
    upsert: async (id, payload) => {
      check(payload);
      entries.set(id, payload);
    },
    find: async (id) => entries.get(id),
    destroy: async (id) => void entries.delete(id),
    // Of sessions, codes and grants with a user, which this server has none of.
    findByUid: findNothing,
    findByUserCode: findNothing,
    consume: findNothing,
    revokeByGrantId: findNothing,
  };
}
