import type { RequestHandler } from 'express';
import { sendAnswer } from '../answer';
import { verifiedClaims } from '../auth/security-context';
import { callerText, describeCaller } from '../caller';
import { endpointPage } from '../pages/endpoint-page';

const MESSAGE = 'Backend app successfully called.';

/** Answers a caller whose token was accepted with the claims that were verified. */
export const answerEndpoint: RequestHandler = (req, res) => {
  const claims = verifiedClaims(req);
  const caller = describeCaller(claims);
  sendAnswer(req, res, {
    json: { message: MESSAGE, caller, claims },
    text: `${MESSAGE}\nCalled by ${callerText(caller)}.`,
    page: () => endpointPage({ message: MESSAGE, caller, claims }),
  });
};
