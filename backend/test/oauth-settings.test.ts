import { type ConfigError, ConfigProblems } from '@mtls/platform';
import { readOAuthBinding } from '../src/oauth-settings';

const values = { OAUTH_ISSUER: 'https://as.example/tenant', OAUTH_AUDIENCE: 'api://backendmtls' };
const read = { kind: 'oauth', issuer: 'https://as.example/tenant', audience: 'api://backendmtls' };

describe('readOAuthBinding', () => {
  it('reads the environment', () => {
    expect(readFrom(values)).toEqual({ binding: { ...read, name: 'the environment' }, problems: [] });
  });

  it('reads the user-provided service with the tag oauth-issuer, whatever it is called', () => {
    expect(readFrom({}, values)).toEqual({ binding: { ...read, name: 'anything' }, problems: [] });
  });

  it('finds nothing where nothing is given', () => {
    expect(readFrom({})).toEqual({ binding: undefined, problems: [] });
  });

  it.each(['OAUTH_ISSUER', 'OAUTH_AUDIENCE'] as const)('refuses half of it: without %s', (name) => {
    const { binding, problems } = readFrom({ ...values, [name]: undefined });
    expect(binding).toBeUndefined();
    expect(problems).toEqual([expect.stringMatching(`^${name} is missing in the environment: `)]);
  });

  it.each([
    'http://as.example',
    'as.example',
    'https://as.example?tenant=1',
    'https://as.example#',
    'https://user@as.example',
  ])('refuses the issuer %s', (OAUTH_ISSUER) => {
    const { binding, problems } = readFrom({}, { ...values, OAUTH_ISSUER });
    expect(binding).toBeUndefined();
    expect(problems).toEqual([expect.stringMatching(/^OAUTH_ISSUER is ".*" in the service "anything": .*https URL/)]);
  });
});

function readFrom(env: NodeJS.ProcessEnv, credentials?: Record<string, unknown>) {
  const problems = new ConfigProblems();
  const service = { label: 'user-provided', name: 'anything', tags: ['oauth-issuer'] };
  const bindings = credentials === undefined ? [] : [{ ...service, credentials }];
  const binding = readOAuthBinding({ env, bindings, problems });
  try {
    problems.throwIfAny();
    return { binding, problems: [] };
  } catch (error) {
    return { binding, problems: (error as ConfigError).problems };
  }
}
