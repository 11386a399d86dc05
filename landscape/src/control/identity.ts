import type { Application } from '../identity/application';
import type { Identity } from '../identity/identity';
import { formatTable } from './table';

export const identityVerbs = ['applications', 'trust', 'untrust'] as const;
export type IdentityVerb = (typeof identityVerbs)[number];

/** Does what an administrator does in the cockpit and in the tenant's administration console; returns what to print. */
export function runIdentityVerb(verb: IdentityVerb, { broker, trust }: Pick<Identity, 'broker' | 'trust'>): string {
  if (verb === 'applications') return formatApplications(broker.applications());
  if (verb === 'trust') {
    trust.establish();
    return 'The subaccount trusts the tenant of SAP Cloud Identity Services. Bindings made without trust must be made anew.\n';
  }
  trust.remove();
  return `The subaccount no longer trusts the tenant of SAP Cloud Identity Services. Apps refuse its tokens with 401 from their next start on (cf restart APP), as they need the signing keys then; a running app has them for half an hour.
Trust it again: landscape identity trust
`;
}

function formatApplications(applications: readonly Application[]): string {
  if (applications.length === 0)
    return 'The tenant has no application; cf create-service identity application makes one.\n';
  return `${applications.map(formatApplication).join('\n\n')}\n`;
}

function formatApplication({ displayName, clientId, bindings }: Application): string {
  const rows = bindings.map(({ credentialType, certificate }) => [
    `  ${credentialType}`,
    ...(certificate === undefined ? [] : [certificate.subject, `until ${certificate.notAfter}`]),
  ]);
  return [displayName, `  client id ${clientId}`, rows.length === 0 ? '  no binding' : formatTable(rows)].join('\n');
}
