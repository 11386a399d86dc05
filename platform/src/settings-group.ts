import type { ConfigProblems } from './config-error';
import { findBindings, type ServiceBinding } from './service-bindings';

/** Settings that belong together, and the tag of the user-provided service that can hold them in place of the environment. */
export interface SettingsGroup<Name extends string> {
  readonly tag: string;
  readonly names: readonly Name[];
}

export interface GivenSettings<Name extends string> {
  readonly values: Readonly<Partial<Record<Name, string>>>;
  /** As a sentence names it: `the environment` or `the service "…"`. */
  readonly source: string;
}

/** Where settings are looked for, and where problems with them go. */
export interface SettingsSource {
  readonly env: NodeJS.ProcessEnv;
  readonly bindings: readonly ServiceBinding[];
  readonly problems: ConfigProblems;
}

/**
 * Reads a group of settings from the environment or from the credentials of the service with its tag, never from both: it
 * would be unclear which of two clients is meant. Empty counts as not set. Undefined when nothing is given, and when it has
 * problems, which are added.
 */
export function readSettingsGroup<Name extends string>(
  group: SettingsGroup<Name>,
  source: SettingsSource,
): GivenSettings<Name> | undefined {
  const inEnvironment = pickTexts(group.names, source.env);
  const services = findBindings(source.bindings, { tag: group.tag });
  const [service] = services;
  if (service === undefined) return giveUnlessEmpty(inEnvironment, 'the environment');
  const doubled = Object.keys(inEnvironment);
  const bound = services.map(({ name }) => `"${name}"`).join(', ');
  if (services.length > 1)
    source.problems.add(
      `${services.length} services with the tag "${group.tag}" are bound (${bound}): unbind all but one.`,
    );
  else if (doubled.length > 0)
    source.problems.add(
      `${doubled.join(', ')} ${doubled.length === 1 ? 'is' : 'are'} set, and the service ${bound} with the tag ` +
        `"${group.tag}" is bound, too: unset the former or unbind the latter.`,
    );
  else if (isReadable(service, group, source.problems))
    return giveUnlessEmpty(pickTexts(group.names, service.credentials), `the service ${bound}`);
  return undefined;
}

function giveUnlessEmpty<Name extends string>(
  values: GivenSettings<Name>['values'],
  source: string,
): GivenSettings<Name> | undefined {
  return Object.keys(values).length === 0 ? undefined : { values, source };
}

/** The named members that are texts and not empty. */
function pickTexts<Name extends string>(
  names: readonly Name[],
  from: Readonly<Record<string, unknown>>,
): Partial<Record<Name, string>> {
  const picked: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = from[name];
    if (typeof value === 'string' && value !== '') picked[name] = value;
  }
  return picked;
}

/** A misspelt name would be taken for a missing one. Values are not quoted: secrets are among them. */
function isReadable(
  { name, credentials }: ServiceBinding,
  { names }: SettingsGroup<string>,
  problems: ConfigProblems,
): boolean {
  const unknown = Object.keys(credentials).filter((member) => !names.includes(member));
  const odd = names.filter((member) => credentials[member] !== undefined && typeof credentials[member] !== 'string');
  for (const member of unknown)
    problems.add(`The service "${name}" holds "${member}", which is no setting: it can hold ${names.join(', ')}.`);
  for (const member of odd) problems.add(`The service "${name}" holds "${member}", which must be a text.`);
  return unknown.length + odd.length === 0;
}
