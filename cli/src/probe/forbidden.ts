import type { IncomingHttpHeaders } from 'node:http';
import type { Finding } from '../findings';
import { describeAnswer } from './answer-text';
import { readChallenges } from './challenge';
import { readScopes, type Claims } from './claims';

interface Forbidden {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly token: { readonly claims: Claims | undefined } | undefined;
}

/** Explains a 403: the caller is known and may not do this. */
export function explainForbidden({ headers, body, token }: Forbidden): Finding {
  const text = describeAnswer(body);
  const parameters = readChallenges(headers).find(({ scheme }) => scheme === 'bearer')?.parameters;
  const description = parameters?.get('error_description') ?? text;
  const said = description === '' ? '' : ` The server says: "${description}"`;
  if (/subject.*issuer|subjectAndIssuer/i.test(text))
    return forbidden({
      code: 'client-certificate-not-mapped',
      message: `The server knows the certificate's CA, but has no entry for its subject and issuer.${said}`,
      remedy:
        'Enter subject and issuer of the certificate as they are now (mtls cert extract prints them): a renewed one can have others.',
    });
  // A full stop behind the name ends the sentence; within it, it is part of the name.
  const needed = parameters?.get('scope') ?? /\brole\s+"?([\w.$-]*[\w$-])/i.exec(text)?.[1];
  const granted = token?.claims === undefined ? [] : readScopes(token.claims);
  const has =
    token === undefined
      ? ''
      : ` The token has ${granted.length === 0 ? 'no scopes' : `the scopes ${granted.join(', ')}`}.`;
  return forbidden({
    code: 'role-missing',
    message: `The caller was recognised, but lacks ${needed === undefined ? 'a role' : `the role or scope ${needed}`}.${has}${said}`,
    remedy:
      'Grant it: for a client, as an authority in xs-security.json (grant-as-authority-to-apps, or "authorities"), for a flow of Cloud Integration under "roles" of the service instance; then fetch a new token. Changed roles can take an hour.',
  });
}

function forbidden({ code, message, remedy }: Pick<Finding, 'code' | 'message' | 'remedy'>): Finding {
  return { code, severity: 'error', where: 'target, answer', message, remedy };
}
