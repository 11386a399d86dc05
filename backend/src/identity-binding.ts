import type { ConfigProblems, ServiceBinding } from '@mtls/platform';
import * as v from 'valibot';

const text = v.pipe(v.string(), v.nonEmpty());

/** Some bindings carry the list as the text of a JSON array. */
const domainsSchema = v.union([v.array(text), v.pipe(v.string(), v.parseJson(), v.array(text))]);

const credentialsSchema = v.object({
  clientid: text,
  url: v.pipe(v.string(), v.check(isOrigin)),
  domains: v.optional(domainsSchema),
  domain: v.optional(text),
  app_tid: v.optional(text),
  zone_uuid: v.optional(text),
});

/**
 * A bound Identity application (SAP Cloud Identity Services), reduced to what checking its tokens takes. That is the same
 * for each credential type: a resource server authenticates to nobody.
 */
export interface IdentityBinding {
  readonly kind: 'identity';
  readonly name: string;
  readonly credentials: {
    readonly clientid: string;
    /** Origin of the tenant, without a slash at the end: where the signing keys are fetched. */
    readonly url: string;
  };
  /** Hosts, with their port if any, under which this one tenant issues tokens. */
  readonly issuers: readonly string[];
  /** The only application tenant (`app_tid`) whose tokens are accepted; undefined when the binding names none. */
  readonly tenant: string | undefined;
}

/** Reads the credentials of an Identity binding; what is missing is added to `problems`, and nothing is returned. */
export function parseIdentityBinding(binding: ServiceBinding, problems: ConfigProblems): IdentityBinding | undefined {
  const parsed = v.safeParse(credentialsSchema, binding.credentials);
  if (!parsed.success) {
    const members = parsed.issues.map((issue) => v.getDotPath(issue)).join(', ');
    problems.add(
      `The binding of ${binding.name} lacks usable credentials (${members}): ` +
        'bind an instance of the service identity, plan application.',
    );
    return undefined;
  }
  const { clientid, url, domains, domain, app_tid, zone_uuid } = parsed.output;
  const { origin, host } = new URL(url);
  return {
    kind: 'identity',
    name: binding.name,
    credentials: { clientid, url: origin },
    issuers: listIssuers(host, domains ?? (domain === undefined ? [] : [domain])),
    tenant: app_tid ?? zone_uuid,
  };
}

/**
 * The names of one tenant: the host of its URL, and where that is `<tenant>.<domain>` the same label below the other
 * domains, since a tenant's administrator chooses under which of them it issues tokens. Other labels are other tenants.
 */
function listIssuers(host: string, domains: readonly string[]): readonly string[] {
  const own = domains.find((domain) => host.endsWith(`.${domain}`));
  if (own === undefined) return [host];
  const tenant = host.slice(0, -own.length);
  return [...new Set([host, ...domains.map((domain) => tenant + domain)])];
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, origin, href } = new URL(text);
  return protocol === 'https:' && href === `${origin}/`;
}
