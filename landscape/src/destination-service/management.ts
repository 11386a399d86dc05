import { Router, type Request, type Response } from 'express';
import type { Access, Caller, Permission } from './access';
import { createErrorHandler } from './http';
import {
  createConfigurations,
  deleteByFilter,
  deleteOne,
  getOne,
  getSubResource,
  listConfigurations,
  replaceConfigurations,
  type ManagementCall,
  type SubResource,
} from './management-calls';
import type { Resource } from './resource';
import type { LevelData, Store } from './store';

export interface ManagementOptions {
  readonly store: Store;
  readonly access: Access;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const levels = ['subaccount', 'instance'] as const;

/** The management API of one kind of configuration, on both levels. */
export function createManagementRouter<T>(
  resource: Resource<T>,
  { store, access, now }: ManagementOptions,
  subResource?: SubResource<T>,
): Router {
  const router = Router();
  for (const level of levels) {
    const handle =
      (permission: Permission, handler: (call: ManagementCall<T>) => Promise<void> | void) =>
      async (req: Request, res: Response) => {
        const data = dataOf(store, level, await access.requirePermission(req, permission));
        await handler({ req, res, resource, collection: resource.collectionOf(data), level, now });
      };
    const all = `/v1/${level}${resource.path}`;
    const one = `${all}/:name`;
    router.get(all, handle('Read', listConfigurations));
    router.post(all, handle('Modify', createConfigurations));
    router.put(all, handle('Modify', replaceConfigurations));
    if (resource.bulk !== undefined) router.delete(all, handle('Modify', deleteByFilter));
    router.get(one, handle('Read', getOne));
    router.delete(one, handle('Modify', deleteOne));
    if (subResource !== undefined)
      router.get(
        `${one}/${subResource.path}`,
        handle('Read', (call) => getSubResource(call, subResource)),
      );
  }
  router.use(createErrorHandler(resource.errorForm));
  return router;
}

function dataOf(store: Store, level: (typeof levels)[number], { instanceId }: Caller): LevelData {
  return level === 'subaccount' ? store.subaccount : store.instance(instanceId);
}
