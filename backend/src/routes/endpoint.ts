import type { RequestHandler } from 'express';
import { sendAnswer } from '../answer';
import { verifiedClaims } from '../auth/security-context';
import { endpointPage } from '../pages/endpoint-page';

const MESSAGE = 'Backend app successfully called.';

/** Answers a caller whose token was accepted with the claims that were verified. */
export const answerEndpoint: RequestHandler = (req, res) => {
  const claims = verifiedClaims(req);
  sendAnswer(req, res, {
    json: { message: MESSAGE, claims },
    text: MESSAGE,
    page: () => endpointPage(MESSAGE, claims),
  });
};
