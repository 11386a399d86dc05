import type { Verb } from '../verb';
import { app } from './app';
import { apps } from './apps';
import { bindService } from './bind-service';
import { cleanupOutdatedServiceBindings } from './cleanup-outdated-service-bindings';
import { createService } from './create-service';
import { createServiceKey } from './create-service-key';
import { createUserProvidedService } from './create-user-provided-service';
import { curl } from './curl';
import { deleteVerb } from './delete';
import { deleteService } from './delete-service';
import { deleteServiceKey } from './delete-service-key';
import { env } from './env';
import { login } from './login';
import { logout } from './logout';
import { logs } from './logs';
import { push } from './push';
import { restage } from './restage';
import { restartVerb } from './restart';
import { routes } from './routes';
import { scale } from './scale';
import { service } from './service';
import { serviceKey } from './service-key';
import { serviceKeys } from './service-keys';
import { services } from './services';
import { setEnv } from './set-env';
import { start } from './start';
import { stop } from './stop';
import { target } from './target';
import { unbindService } from './unbind-service';
import { unsetEnv } from './unset-env';
import { updateService } from './update-service';
import { version } from './version';

/** All verbs but `help`, which shows them. */
export const verbs: readonly Verb[] = [
  login,
  logout,
  target,
  version,
  apps,
  app,
  push,
  start,
  stop,
  restartVerb,
  restage,
  scale,
  deleteVerb,
  logs,
  env,
  setEnv,
  unsetEnv,
  services,
  service,
  createService,
  updateService,
  deleteService,
  createUserProvidedService,
  bindService,
  unbindService,
  cleanupOutdatedServiceBindings,
  serviceKeys,
  serviceKey,
  createServiceKey,
  deleteServiceKey,
  routes,
  curl,
];
