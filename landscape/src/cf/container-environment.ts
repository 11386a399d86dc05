import { delimiter, join } from 'node:path';
import type { JsonObject } from '../broker';
import { HOST } from '../settings';
import type { InstanceIdentity } from './vcap';

/** The folders of one container; on Cloud Foundry they are the same path in every container. */
export interface ContainerFolders {
  /** /home/vcap */
  readonly root: string;
  /** /home/vcap/app: HOME and working directory. */
  readonly app: string;
  /** /home/vcap/tmp */
  readonly tmp: string;
  /** /home/vcap/deps */
  readonly deps: string;
  /** /etc/cf-service-bindings */
  readonly serviceBindings: string;
}

export interface ContainerEnvironmentOptions {
  readonly instance: InstanceIdentity;
  readonly folders: ContainerFolders;
  readonly memoryMb: number;
  /** From manifest and `cf set-env`. */
  readonly userProvided: Readonly<Record<string, string>>;
  readonly vcapApplication: JsonObject;
  readonly vcapServices: JsonObject;
  /** App feature `file-based-vcap-services`: the path stands in the environment instead of the content. */
  readonly servicesInFile: boolean;
  /** PEM file of the landscape's root CA. */
  readonly caFile: string;
  /** What a process needs of this machine to run at all: PATH and, on Windows, the system's folders. */
  readonly machine: Readonly<Record<string, string>>;
}

export const VCAP_SERVICES_FILE = 'vcap_services';

/**
 * All variables of a container, as diego, the buildpack's profile and the launcher set them, in their precedence: the
 * app's own variables cannot replace PORT and VCAP_*. Three are the landscape's: HOST (nothing but the router should reach
 * the app), NODE_EXTRA_CA_CERTS (its CA is in no trust store) and PATH (of this machine).
 */
export function createContainerEnvironment(options: ContainerEnvironmentOptions): Record<string, string> {
  const { instance, folders, memoryMb } = options;
  const port = String(instance.port);
  return {
    ...options.machine,
    PATH: [options.machine['PATH'], join(folders.app, 'bin'), join(folders.app, 'node_modules', '.bin')].join(
      delimiter,
    ),
    LANG: 'en_US.UTF-8',
    USER: 'vcap',
    ...buildpackProfile(folders, memoryMb),
    HOST,
    NODE_EXTRA_CA_CERTS: options.caFile,
    ...instanceVariables(instance),
    ...options.userProvided,
    HOME: folders.app,
    PWD: folders.app,
    TMPDIR: folders.tmp,
    DEPS_DIR: folders.deps,
    PORT: port,
    VCAP_APP_PORT: port,
    VCAP_APP_HOST: HOST,
    MEMORY_LIMIT: `${memoryMb}m`,
    VCAP_APPLICATION: JSON.stringify(options.vcapApplication),
    ...(options.servicesInFile
      ? { VCAP_SERVICES_FILE_PATH: join(folders.serviceBindings, VCAP_SERVICES_FILE) }
      : { VCAP_SERVICES: JSON.stringify(options.vcapServices) }),
  };
}

/** What the nodejs buildpack's profile.d script exports. */
function buildpackProfile(folders: ContainerFolders, memoryMb: number): Record<string, string> {
  return {
    NODE_ENV: 'production',
    NODE_PATH: join(folders.app, 'node_modules'),
    MEMORY_AVAILABLE: String(memoryMb),
    WEB_MEMORY: '512',
    WEB_CONCURRENCY: '1',
  };
}

function instanceVariables({ guid, index, port }: InstanceIdentity): Record<string, string> {
  return {
    INSTANCE_GUID: guid,
    INSTANCE_INDEX: String(index),
    CF_INSTANCE_GUID: guid,
    CF_INSTANCE_INDEX: String(index),
    CF_INSTANCE_IP: HOST,
    CF_INSTANCE_INTERNAL_IP: HOST,
    CF_INSTANCE_PORT: String(port),
    CF_INSTANCE_ADDR: `${HOST}:${port}`,
    CF_INSTANCE_PORTS: JSON.stringify([{ external: port, internal: port }]),
  };
}
