import { readFileSync } from 'node:fs';
import { findBindings, type ConfigProblems, type ServiceBinding } from '@mtls/platform';
import { parseCertificateRoles, type CertificateRoles } from './inbound/certificate-roles';

/** Which client certificates may call without a token, and where that stands. */
export interface CertificateRolesConfig {
  readonly roles: CertificateRoles;
  /** For the log. */
  readonly source: string;
  /** What must be read again when it changes. */
  readonly files: readonly string[];
}

const FILE = 'CERTIFICATE_ROLES_FILE';
const SERVICE = 'CERTIFICATE_ROLES_SERVICE';

interface Context {
  readonly bindings: readonly ServiceBinding[] | undefined;
  /** The file that holds the bindings, where it is one. */
  readonly bindingsFile: string | undefined;
  /** Hosts of the certificate routes. */
  readonly routes: readonly string[];
  readonly problems: ConfigProblems;
}

/**
 * Reads which client certificates have which roles: from the JSON file that CERTIFICATE_ROLES_FILE names, or from the credentials of
 * the user-provided service that CERTIFICATE_ROLES_SERVICE names. Undefined when neither is set, or a problem was added.
 */
export function readCertificateRoles(env: NodeJS.ProcessEnv, context: Context): CertificateRolesConfig | undefined {
  const { problems, routes, bindings, bindingsFile } = context;
  const [path, service] = [env[FILE] || undefined, env[SERVICE] || undefined];
  if (path === undefined && service === undefined) return undefined;
  if (path !== undefined && service !== undefined) {
    problems.add(`${FILE} and ${SERVICE} are both set, and one is meant: unset one of them.`);
    return undefined;
  }
  const setting = path === undefined ? SERVICE : FILE;
  if (routes.length === 0)
    problems.add(
      `${setting} is set, but this app has no certificate route: map one, whose second label is cert, or name its host in ` +
        'CERTIFICATE_ROUTES.',
    );
  const source = path === undefined ? `the service "${service}"` : `the file ${path}`;
  const value = path === undefined ? readService(service ?? '', bindings, problems) : readFile(path, problems);
  if (value === undefined) return undefined;
  const roles = parseCertificateRoles(value, (problem) => problems.add(`${setting}: in ${source}, ${problem}.`));
  const files = path === undefined ? [bindingsFile].filter((file) => file !== undefined) : [path];
  return roles && { roles, source, files };
}

/** The messages of the system and of the JSON parser are left out: the latter quotes the content. */
function readFile(path: string, problems: ConfigProblems): unknown {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    problems.add(
      `${FILE} names the file ${path}, which cannot be read: put the certificates and their roles there, as JSON.`,
    );
    return undefined;
  }
  try {
    return JSON.parse(content) as unknown;
  } catch {
    problems.add(`${FILE} names the file ${path}, which holds no JSON.`);
    return undefined;
  }
}

function readService(name: string, bindings: readonly ServiceBinding[] | undefined, problems: ConfigProblems): unknown {
  if (bindings === undefined) return undefined; // that they cannot be read is a problem already
  const [binding] = findBindings(bindings, { name });
  if (binding === undefined)
    problems.add(
      `${SERVICE} names the service "${name}", which is not bound: create it with \`cf create-user-provided-service ` +
        `${name} -p certificate-roles.json\`, and bind it.`,
    );
  return binding?.credentials;
}
