import type { ApplicationInstance } from './instance';
import { qualify, referencesTo } from './references';

/**
 * Resolves the authorities of an application: its own scopes that its descriptor lists, and those that other applications
 * grant it (`grant-as-authority-to-apps`) and it accepts, all of them or by name.
 */
export function resolveAuthorities(
  instance: ApplicationInstance,
  applications: readonly ApplicationInstance[],
): string[] {
  const wanted = new Set(instance.descriptor.authorities);
  const own = [...wanted].filter((name) => !isForeign(name)).map((name) => qualify(name, instance));
  return [...own, ...applications.flatMap((other) => acceptGrants(instance, other, wanted))];
}

function acceptGrants(
  instance: ApplicationInstance,
  granting: ApplicationInstance,
  wanted: ReadonlySet<string>,
): string[] {
  const toInstance = referencesTo(instance);
  const toGranting = referencesTo(granting);
  return granting.descriptor.scopes
    .filter((scope) => scope['grant-as-authority-to-apps']?.some((application) => toInstance.includes(application)))
    .filter(
      ({ name }) =>
        wanted.has('$ACCEPT_GRANTED_AUTHORITIES') ||
        toGranting.some(
          (reference) => wanted.has(reference) || wanted.has(name.replace('$XSAPPNAME', () => reference)),
        ),
    )
    .map(({ name }) => qualify(name, granting));
}

function isForeign(name: string): boolean {
  return name === '$ACCEPT_GRANTED_AUTHORITIES' || /^\$XS(?:APPNAME|SERVICENAME)\(/.test(name);
}
