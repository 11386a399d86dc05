import type { RequestHandler } from 'express';

const UP = JSON.stringify({ status: 'up' });

/** Says that this process answers; asks nobody else, so that an issuer's failure does not restart the app. */
export const answerHealth: RequestHandler = (_req, res) => {
  res.set('Cache-Control', 'no-store').type('json').send(UP);
};
