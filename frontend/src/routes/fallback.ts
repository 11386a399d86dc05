import type { RequestHandler } from 'express';
import { MethodNotAllowedError, NotFoundError } from '../errors';

/** Refuses the other methods of a path that has only a GET handler (which answers HEAD, too). */
export const refuseMethod: RequestHandler = () => {
  throw new MethodNotAllowedError('GET, HEAD');
};

/** Refuses a path that no route has. */
export const refusePath: RequestHandler = () => {
  throw new NotFoundError();
};
