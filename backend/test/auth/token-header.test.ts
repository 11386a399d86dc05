import { findHeaderProblem } from '../../src/auth/token-header';

describe('findHeaderProblem', () => {
  it.each([undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'application/jwt'])(
    'finds nothing wrong with an access token whose typ is %j',
    (typ) => {
      expect(findHeaderProblem({ alg: 'RS256', kid: 'a', typ })).toBeUndefined();
    },
  );

  it.each(['logout+jwt', 'dpop+jwt', 'JOSE', 'secevent+jwt', 'id_token', 'xjwt', 'jwt ', '', null, 5, ['JWT'], {}])(
    'refuses a token whose typ is %j, which is no access token (RFC 8725 §3.11)',
    (typ) => {
      const problem = findHeaderProblem({ alg: 'RS256', typ });
      expect(problem).toMatchObject({
        status: 401,
        code: 'invalid_token',
        description: 'The token is no access token.',
      });
      expect(problem?.detail).toBe(`wrong type: typ is ${JSON.stringify(typ)}`);
    },
  );

  it.each([[['exp']], [['b64']], [[]], ['exp'], [null], [false]])(
    'refuses a token whose crit is %j: nothing of that kind is understood (RFC 7515 §4.1.11)',
    (crit) => {
      expect(findHeaderProblem({ alg: 'RS256', typ: 'JWT', crit })).toMatchObject({
        status: 401,
        code: 'invalid_token',
        description: 'The token demands extensions that this app does not know.',
        detail: `critical extension: crit is ${JSON.stringify(crit)}`,
      });
    },
  );
});
