import { check, config, pipe, string } from 'valibot';
import { isRedirectPattern } from './redirect-uri';

/** A redirect URI among the parameters of a service instance. */
export function redirectPattern() {
  return config(pipe(string(), check(isRedirectPattern)), {
    message:
      'an absolute URI without fragment, where * stands for one host label with at least two more behind it, for a port of localhost or for a path segment, and ** at the end for any path',
  });
}
