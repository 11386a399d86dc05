import { Failure } from '../failure';
import type { Finding } from '../findings';
import { describeCertificate, type CertificateFacts } from '../pki/certificate';
import { formatKeystore, type ClientIdentity } from '../pki/keystore';
import type { DesiredDestination } from './desired-destination';
import type { DestinationService, Level } from './destination-service';
import { isForUsers, isSecret } from './property-names';
import { shadowed, verifyFoundDestination } from './verify-destination';

export interface Change {
  readonly property: string;
  /** Absent where the property is new. */
  readonly from?: string;
  /** Absent where the property disappears. */
  readonly to?: string;
}

export type Action = 'create' | 'update' | 'none';

export interface DeployReport {
  readonly destination: {
    readonly name: string;
    readonly level: Level;
    readonly action: Action;
    readonly changes: readonly Change[];
  };
  readonly keystore: {
    readonly name: string;
    readonly action: 'create' | 'replace';
    readonly certificate: CertificateFacts;
    /** What the destination used until now, where that is another certificate. */
    readonly former?: CertificateFacts;
  };
  /** Claims of the token that a find returned, decoded; absent for a dry run, and where only users get one. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
}

export interface DeployOptions {
  readonly service: DestinationService;
  readonly desired: DesiredDestination;
  readonly identity: ClientIdentity;
  readonly level: Level;
  readonly dryRun: boolean;
  readonly now: number;
}

/**
 * Uploads the keystore, creates or updates the destination and asks for it as an application will. A dry run only reads
 * and says what would change.
 * @throws {Failure} when a call is refused, or `destination-shadowed` before anything is written.
 */
export async function deployDestination(options: DeployOptions): Promise<DeployReport> {
  const { service, desired, identity, level, now } = options;
  if (level === 'subaccount') await refuseShadow(service, desired.name);
  const current = await service.readDestination(level, desired.name);
  const certificate = describeCertificate(identity.chain.certificates[0], 'leaf', now);
  const stored = await readStored(options, current?.['tokenService.KeyStoreLocation']);
  const former =
    stored.former !== undefined && stored.former['x5t#S256'] !== certificate['x5t#S256'] ? stored.former : undefined;
  const changes = listChanges(current ?? {}, desired.properties);
  // A new keystore under the old name is a change of the destination too: storing it again makes the service look anew.
  const isCurrent = current !== undefined && changes.length === 0 && former === undefined;
  const action: Action = current === undefined ? 'create' : isCurrent ? 'none' : 'update';
  const report: DeployReport = {
    destination: { name: desired.name, level, action, changes: action === 'create' ? [] : changes },
    keystore: {
      name: desired.keystoreName,
      action: stored.exists ? 'replace' : 'create',
      certificate,
      ...(former && { former }),
    },
    findings: [],
  };
  return options.dryRun
    ? { ...report, findings: former === undefined ? [] : [outdated(desired, former)] }
    : write(report, options);
}

async function write(
  report: DeployReport,
  { service, desired, identity, level }: DeployOptions,
): Promise<DeployReport> {
  const uploaded = await service.storeKeystore(level, desired.keystoreName, formatKeystore(identity));
  if (report.destination.action !== 'none') await service.storeDestination(level, desired.properties);
  const found = await service.find(desired.name, isForUsers(desired.properties) ? 'skip' : 'perform');
  const { claims, findings } = verifyFoundDestination(found, {
    name: desired.name,
    level,
    thumbprint: report.keystore.certificate['x5t#S256'],
    tokenUrl: desired.properties['tokenServiceURL'] ?? '',
  });
  const keystore = { ...report.keystore, action: uploaded === 'created' ? ('create' as const) : ('replace' as const) };
  return { ...report, keystore, ...(claims && { claims }), findings };
}

async function refuseShadow(service: DestinationService, name: string): Promise<void> {
  if ((await service.readDestination('instance', name)) === undefined) return;
  const { code, message, remedy } = shadowed(name);
  throw new Failure(code, message, remedy);
}

interface StoredKeystores {
  /** Whether a keystore of the desired name is there. */
  readonly exists: boolean;
  /** Certificate of the keystore that the destination names until now. */
  readonly former?: CertificateFacts;
}

async function readStored(
  { service, desired, level, now }: DeployOptions,
  formerName?: string,
): Promise<StoredKeystores> {
  const stored = await service.readKeystore(level, desired.keystoreName);
  const exists = stored !== undefined;
  const [former] =
    (formerName === undefined || formerName === desired.keystoreName
      ? stored
      : await service.readKeystore(level, formerName)) ?? [];
  return formerName === undefined || former === undefined
    ? { exists }
    : { exists, former: describeCertificate(former, 'leaf', now) };
}

function outdated({ name, keystoreName }: DesiredDestination, former: CertificateFacts): Finding {
  return {
    code: 'keystore-outdated',
    severity: 'error',
    where: 'Destination Service to XSUAA',
    message: `The destination ${name} still uses another certificate than ${keystoreName}: ${former.subject}, valid to ${former.notAfter}, x5t#S256 ${former['x5t#S256']}. If its binding or key was deleted, it gets no token any more.`,
    remedy: 'Run the command without --dry-run: it uploads the keystore given.',
  };
}

function listChanges(current: Readonly<Record<string, string>>, desired: Readonly<Record<string, string>>): Change[] {
  const names = [...new Set([...Object.keys(desired), ...Object.keys(current)])];
  return names
    .filter((name) => current[name] !== desired[name])
    .map((property) => {
      const [from, to] = [current[property], desired[property]].map((value) => value && maskSecret(property, value));
      return { property, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    });
}

function maskSecret(property: string, value: string): string {
  return isSecret(property) ? '(secret)' : value;
}
