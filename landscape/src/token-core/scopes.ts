/** Splits the parameter `scope` (RFC 6749 §3.3); each scope counts once. */
export function splitScopes(parameter: string | undefined): string[] {
  return [...new Set(parameter?.split(' ').filter((scope) => scope !== ''))];
}
