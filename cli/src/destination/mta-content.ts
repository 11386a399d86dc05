import type { Finding } from '../findings';
import type { Level } from './destination-service';
import { findFlat, type DestinationEntry } from './flat-destinations';
import { listOf, memberOf, nameOf, type Descriptor } from './mta-descriptor';
import { judgeParameters } from './mta-parameters';

const levels = ['subaccount', 'instance'] as const;

interface Content {
  readonly entries: readonly DestinationEntry[];
  readonly findings: readonly Finding[];
}

/** Finds the destinations of an MTA descriptor: in `content` of its modules and in `init_data` of its resources. */
export function readMta(descriptor: Descriptor, file: string): Content {
  const modules = listOf(descriptor['modules']).flatMap((module) =>
    levels.map((level) => readModule(module, { level, file })),
  );
  const resources = listOf(descriptor['resources']).flatMap((resource) =>
    levels.map((level) => readResource(resource, { level, file })),
  );
  const parts = [...modules, ...resources];
  return {
    entries: parts.flatMap(({ entries }) => entries),
    findings: [...judgeParameters(descriptor, file), ...parts.flatMap(({ findings }) => findings)],
  };
}

function readModule(module: Descriptor, { level, file }: { level: Level; file: string }): Content {
  const block = memberOf(memberOf(memberOf(module, 'parameters'), 'content'), level);
  const destinations = listOf(block['destinations']);
  if (destinations.length === 0) return { entries: [], findings: [] };
  const required = listOf(module['requires']);
  const where = `${file}, module ${nameOf(module)}, ${level}`;
  const entries = destinations.map((destination): DestinationEntry => {
    const own = `${where}, destination ${nameOf(destination)}`;
    const findings = judgeServiceKey(destination, { required, where: own });
    return { where: own, level, kind: 'content', properties: readTexts(destination), findings };
  });
  return { entries, findings: [...judgePolicy(block, where), ...judgeTargets(required, where)] };
}

function readResource(resource: Descriptor, { level, file }: { level: Level; file: string }): Content {
  const config = memberOf(memberOf(resource, 'parameters'), 'config');
  const block = memberOf(memberOf(config, 'init_data'), level);
  const where = `${file}, resource ${nameOf(resource)}, init_data, ${level}`;
  const entries = findFlat(block['destinations'], { where, level });
  return { entries, findings: [...judgePolicy(block, where), ...judgeCertificates(block, where)] };
}

/** Without a policy the second deployment fails on what the first one made. */
function judgePolicy(block: Descriptor, where: string): Finding[] {
  const policy = block['existing_destinations_policy'];
  if (listOf(block['destinations']).length === 0 || (policy !== undefined && policy !== 'fail')) return [];
  return [
    {
      code: 'mta-policy',
      severity: 'warning',
      where,
      message:
        'existing_destinations_policy is "fail", which is what counts where it is absent: the next deployment fails on the destination that this one made.',
      remedy: 'Set existing_destinations_policy: update.',
    },
  ];
}

function judgeTargets(required: readonly Descriptor[], where: string): Finding[] {
  const targets = required.filter((one) => memberOf(one, 'parameters')['content-target'] === true);
  if (targets.length === 1) return [];
  return [
    {
      code: 'mta-content-target',
      severity: 'error',
      where,
      message: `${targets.length === 0 ? 'None' : 'More than one'} of the services that the module requires has "content-target: true".`,
      remedy: 'Mark the Destination Service instance with it, and no other.',
    },
  ];
}

/** A service key that exists is reused as it is, also when its certificate has expired. */
function judgeServiceKey(
  destination: Descriptor,
  { required, where }: { required: readonly Descriptor[]; where: string },
): Finding[] {
  const instance = destination['TokenServiceInstanceName'] ?? destination['ServiceInstanceName'];
  const keyName = destination['TokenServiceKeyName'] ?? destination['ServiceKeyName'];
  const keys = required.map((one) => memberOf(memberOf(one, 'parameters'), 'service-key'));
  const key = keys.find((one) => one['name'] === keyName);
  const findings: Finding[] = [];
  if (instance === undefined || keyName === undefined)
    findings.push({
      code: 'mta-service-key',
      severity: 'error',
      where,
      message:
        'A destination of "content" gets its client from a service key, and this one names no instance with a key.',
      remedy: 'Set TokenServiceInstanceName and TokenServiceKeyName to the XSUAA instance and its key.',
    });
  const isX509 = memberOf(key ?? {}, 'config')['credential-type'] === 'x509';
  if (isX509 && typeof keyName === 'string' && !keyName.includes('${timestamp}'))
    findings.push({
      code: 'mta-key-not-renewed',
      severity: 'warning',
      where,
      message: `The service key ${keyName} exists after the first deployment and is then reused: its certificate is never renewed, and expires after 30 days at most.`,
      remedy: 'Put ${timestamp} into its name, in both places; or deploy with --delete-service-keys.',
    });
  if ('TokenServiceKeyStoreLocation' in destination)
    findings.push({
      code: 'mta-keystore',
      severity: 'error',
      where,
      message: 'There is no property TokenServiceKeyStoreLocation.',
      remedy: 'Remove it: the keystore is made of the x509 service key by itself.',
    });
  return findings;
}

function judgeCertificates(block: Descriptor, where: string): Finding[] {
  if (listOf(block['certificates']).length === 0) return [];
  return [
    {
      code: 'mta-private-key',
      severity: 'error',
      where,
      message:
        'A keystore stands in the descriptor: whoever can read the repository or the archive has its private key.',
      remedy: 'Take it out, have a new one made, and upload it: mtls destination deploy.',
    },
  ];
}

function readTexts(destination: Descriptor): Record<string, string> {
  const scalars = Object.entries(destination).filter(([, value]) => value !== null && typeof value !== 'object');
  return Object.fromEntries(scalars.map(([name, value]) => [name, String(value)]));
}
