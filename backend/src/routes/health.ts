import type { Current } from '@mtls/platform';
import type { RequestHandler } from 'express';

/**
 * Creates the handler that says that this process answers. It asks nobody else, so that an issuer's failure does not
 * restart the app; nor do changed files that cannot be used, since a restart would only end what still works.
 */
export function createHealthCheck(parts: Readonly<Record<string, Current<unknown>>>): RequestHandler {
  const named = Object.entries(parts);
  return function answerHealth(_req, res) {
    const outdated = named.filter(([, part]) => part.isOutdated).map(([name]) => [name, 'outdated']);
    res
      .set('Cache-Control', 'no-store')
      .type('json')
      .send(JSON.stringify({ status: 'up', ...Object.fromEntries(outdated) }));
  };
}
