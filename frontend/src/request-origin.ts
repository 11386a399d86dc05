import type { Request } from 'express';

/** Scheme and host as the browser has them: the router in front passes them on. */
export function originOf({ protocol, host }: Request): string {
  return `${protocol}://${host}`;
}
