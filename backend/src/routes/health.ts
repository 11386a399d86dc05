import type { Current } from '@mtls/platform';
import type { RequestHandler } from 'express';

const UP = JSON.stringify({ status: 'up' });
const UP_WITH_OLD_BINDINGS = JSON.stringify({ status: 'up', bindings: 'outdated' });

/**
 * Creates the handler that says that this process answers. It asks nobody else, so that an issuer's failure does not
 * restart the app; nor do bindings that cannot be used, since a restart would only end what still works.
 */
export function createHealthCheck(bound: Current<unknown>): RequestHandler {
  return function answerHealth(_req, res) {
    res
      .set('Cache-Control', 'no-store')
      .type('json')
      .send(bound.isOutdated ? UP_WITH_OLD_BINDINGS : UP);
  };
}
