import type { SecurityDescriptor } from './security-descriptor';

const MAX_SCOPE_LENGTH = 193;
const MAX_GRANTED_SCOPES = 250;
/** `!t` and the number of the tenant, as in a real account. */
const SUFFIX_LENGTH = '!t123456'.length;

/** Finds what no single member shows: names used twice, references to what is not there, limits of the whole. */
export function findInconsistencies(descriptor: SecurityDescriptor): string[] {
  const { xsappname, scopes } = descriptor;
  const problems = [
    ...findRepeated('scopes', scopes),
    ...findRepeated('attributes', descriptor.attributes),
    ...findRepeated('role-templates', descriptor['role-templates']),
    ...findRepeated('role-collections', descriptor['role-collections']),
    ...findDangling(descriptor),
  ];
  for (const { name } of scopes) {
    const length = name.replace('$XSAPPNAME', xsappname).length + SUFFIX_LENGTH;
    if (length > MAX_SCOPE_LENGTH)
      problems.push(`scope "${name}" has ${length} characters with its application; allowed are ${MAX_SCOPE_LENGTH}`);
  }
  const granted = scopes.filter((scope) => scope['granted-apps'] ?? scope['grant-as-authority-to-apps']).length;
  if (granted > MAX_GRANTED_SCOPES)
    problems.push(`${granted} scopes are granted to applications; allowed are ${MAX_GRANTED_SCOPES}`);
  return problems;
}

function findRepeated(member: string, entries: readonly { readonly name: string }[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name } of entries) (seen.has(name) ? repeated : seen).add(name);
  return [...repeated].map((name) => `"${member}" holds "${name}" twice; each name may occur once`);
}

function findDangling(descriptor: SecurityDescriptor): string[] {
  const scopes = new Set(descriptor.scopes.map(({ name }) => name));
  const attributes = new Set(descriptor.attributes.map(({ name }) => name));
  const templates = new Set(descriptor['role-templates'].map(({ name }) => `$XSAPPNAME.${name}`));
  const problems = descriptor.authorities
    .filter((name) => isLocal(name) && !scopes.has(name))
    .map((name) => `"authorities" names the scope "${name}", which "scopes" does not define`);
  for (const template of descriptor['role-templates']) {
    for (const name of template['scope-references'])
      if (isLocal(name) && !scopes.has(name))
        problems.push(`role template "${template.name}" names the scope "${name}", which "scopes" does not define`);
    for (const reference of template['attribute-references']) {
      const name = typeof reference === 'string' ? reference : reference.name;
      if (!attributes.has(name))
        problems.push(
          `role template "${template.name}" names the attribute "${name}", which "attributes" does not define`,
        );
    }
  }
  for (const collection of descriptor['role-collections'])
    for (const name of collection['role-template-references'])
      if (isLocal(name) && !templates.has(name))
        problems.push(
          `role collection "${collection.name}" names the role template "${name}", which "role-templates" does not define`,
        );
  return problems;
}

function isLocal(name: string): boolean {
  return name.startsWith('$XSAPPNAME.');
}
