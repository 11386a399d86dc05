import type { ConfigProblems, ServiceBinding } from '@mtls/platform';
import * as v from 'valibot';

/** A host with or without a port; @sap/xssec tolerates the scheme in front. */
const HOST = /^(https:\/\/)?([\w.-]+|\[[\da-f:]+\])(:\d+)?$/i;
const text = v.pipe(v.string(), v.nonEmpty());

const credentialsSchema = v.object({
  clientid: text,
  xsappname: text,
  uaadomain: v.pipe(v.string(), v.regex(HOST)),
  tenantmode: v.optional(v.string()),
  zoneid: v.optional(v.string()),
  identityzoneid: v.optional(v.string()),
  tenantid: v.optional(v.string()),
});

/** A bound XSUAA instance, reduced to what checking its tokens takes: no secret and no private key is among it. */
export interface XsuaaBinding {
  readonly kind: 'xsuaa';
  readonly name: string;
  readonly credentials: { readonly clientid: string; readonly xsappname: string; readonly uaadomain: string };
  /** The only zone (subaccount) whose tokens are accepted; undefined when subscribers' zones may come. */
  readonly zone: string | undefined;
}

/** Reads the credentials of a binding of XSUAA; what is missing is added to `problems`, and nothing is returned. */
export function parseXsuaaBinding(binding: ServiceBinding, problems: ConfigProblems): XsuaaBinding | undefined {
  const parsed = v.safeParse(credentialsSchema, binding.credentials);
  if (!parsed.success) {
    const members = parsed.issues.map((issue) => v.getDotPath(issue)).join(', ');
    problems.add(
      `The binding of ${binding.name} lacks usable credentials (${members}): ` +
        'bind an instance of the service xsuaa, plan application.',
    );
    return undefined;
  }
  const { clientid, xsappname, uaadomain, tenantmode, zoneid, identityzoneid, tenantid } = parsed.output;
  return {
    kind: 'xsuaa',
    name: binding.name,
    credentials: { clientid, xsappname, uaadomain },
    zone: tenantmode === 'shared' ? undefined : (zoneid ?? identityzoneid ?? tenantid),
  };
}
