import { readFileSync } from 'node:fs';
import { findBindings, type ConfigProblems, type ServiceBinding } from '@mtls/platform';
import { errorCode } from '../error-code';
import { Secret } from '../secret';

/** A private key that is not part of the binding, because whoever provided the certificate kept it. */
export interface ProvidedKey {
  readonly pem: Secret;
  /** As a sentence names it, e.g. `the key in /etc/keys/client.pem`. */
  readonly name: string;
  /** The setting that names it. */
  readonly setting: string;
}

/** `unusable`: one was named, and the problem with it is reported. */
export type KeyProvision = ProvidedKey | 'unusable' | undefined;

/** The settings for the key of the service with this prefix, e.g. `IDENTITY`. */
export function keySettings(prefix: string): { readonly file: string; readonly service: string } {
  return { file: `${prefix}_KEY_FILE`, service: `${prefix}_KEY_SERVICE` };
}

/**
 * Reads the private key (PEM) from the file that `<prefix>_KEY_FILE` names, or from the credential `key` of the
 * user-provided service that `<prefix>_KEY_SERVICE` names. Undefined when neither is set; problems go to `problems`.
 */
export function readProvidedKey(
  env: NodeJS.ProcessEnv,
  prefix: string,
  bindings: readonly ServiceBinding[],
  problems: ConfigProblems,
): KeyProvision {
  const settings = keySettings(prefix);
  const [path, service] = [env[settings.file] || undefined, env[settings.service] || undefined];
  if (path !== undefined && service !== undefined) {
    problems.add(`${settings.file} and ${settings.service} are both set, and one key is meant: unset one of them.`);
    return 'unusable';
  }
  if (path !== undefined) return readKeyFile(path, settings.file, problems);
  return service === undefined ? undefined : readKeyService(service, settings.service, bindings, problems);
}

function readKeyFile(path: string, setting: string, problems: ConfigProblems): KeyProvision {
  try {
    return { pem: new Secret(readFileSync(path, 'utf8')), name: `the key in the file ${path}`, setting };
  } catch (error) {
    problems.add(
      `${setting} names the file ${path}, which cannot be read (${errorCode(error)}): put the private key there, as PEM, readable for this app.`,
    );
    return 'unusable';
  }
}

function readKeyService(
  name: string,
  setting: string,
  bindings: readonly ServiceBinding[],
  problems: ConfigProblems,
): KeyProvision {
  const [binding] = findBindings(bindings, { name });
  const key = binding?.credentials['key'];
  if (typeof key === 'string' && key !== '')
    return { pem: new Secret(key), name: `the "key" of the service "${name}"`, setting };
  const found = binding === undefined ? 'which is not bound' : 'whose credentials hold no text "key"';
  problems.add(
    `${setting} names the service "${name}", ${found}: create it with \`cf create-user-provided-service ${name} -p key.json\`, ` +
      'where key.json is {"key":"-----BEGIN PRIVATE KEY-----\\n…"}, and bind it.',
  );
  return 'unusable';
}
