/** The code of an error of Node, e.g. `ENOENT`; `unreadable` for an error without one. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unreadable';
}
