import type { DestinationService, Level } from './destination-service';
import type { StoredState } from './lint/stored-rules';

/** Reads what a service holds around a destination: one of the same name on the instance, and its keystore. */
export async function readStoredState(
  service: DestinationService,
  { name, keystore, level }: { readonly name: string; readonly keystore: string | undefined; readonly level: Level },
): Promise<StoredState> {
  const other: Level = level === 'instance' ? 'subaccount' : 'instance';
  const isOnInstance = (await service.readDestination('instance', name)) !== undefined;
  if (keystore === undefined || keystore === '')
    return { level, isOnInstance, keystore: undefined, isKeystoreElsewhere: false };
  const own = await service.readKeystore(level, keystore);
  const isKeystoreElsewhere = own === undefined && (await service.readKeystore(other, keystore)) !== undefined;
  return { level, isOnInstance, keystore: own, isKeystoreElsewhere };
}
