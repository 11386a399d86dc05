import { ConfigProblems } from '@mtls/platform';
import { parseIdentityBinding } from '../src/identity-binding';

const common = {
  clientid: 'a4d2c9f0',
  app_tid: 'tenant-1',
  url: 'https://acme.accounts.ondemand.com',
  domain: 'accounts.ondemand.com',
  domains: ['accounts.ondemand.com', 'accounts.cloud.sap'],
};
const credentialTypes = {
  SECRET: { 'credential-type': 'SECRET', clientsecret: 's3cret' },
  X509_GENERATED: {
    'credential-type': 'X509_GENERATED',
    certificate: '-----BEGIN CERTIFICATE-----',
    key: '-----BEGIN RSA PRIVATE KEY-----',
    certificate_expires_at: '2026-02-09T19:53:07Z',
  },
  X509_PROVIDED: { 'credential-type': 'X509_PROVIDED', certificate: '-----BEGIN CERTIFICATE-----' },
  NONE: { 'credential-type': 'NONE' },
};

describe('parseIdentityBinding', () => {
  it.each(Object.entries(credentialTypes))(
    'reads a binding of the credential type %s alike, and keeps neither secret nor key',
    (_type, members) => {
      expect(parse({ ...common, ...members })).toEqual({
        binding: {
          kind: 'identity',
          name: 'clicreIas',
          credentials: { clientid: 'a4d2c9f0', url: 'https://acme.accounts.ondemand.com' },
          issuers: ['acme.accounts.ondemand.com', 'acme.accounts.cloud.sap'],
          tenant: 'tenant-1',
        },
        problem: undefined,
      });
    },
  );

  it.each([
    ['a list', ['accounts.ondemand.com', 'accounts.cloud.sap']],
    ['the text of a JSON array', '["accounts.ondemand.com","accounts.cloud.sap"]'],
  ])('reads domains that are %s', (_name, domains) => {
    expect(parse({ ...common, domains }).binding?.issuers).toEqual([
      'acme.accounts.ondemand.com',
      'acme.accounts.cloud.sap',
    ]);
  });

  it.each([
    ['localhost:5447', { url: 'https://localhost:5447', domains: ['localhost:5447', 'localhost'] }],
    ['127.0.0.1:5447', { url: 'https://127.0.0.1:5447', domains: ['127.0.0.1:5447', '127.0.0.1'] }],
    ['sso.acme.example', { url: 'https://sso.acme.example' }],
    ['acme.accounts.ondemand.com', { domains: undefined }],
    ['acme.accounts.ondemand.com', { domains: undefined, domain: undefined }],
    ['acme.accounts.ondemand.com', { domains: [] }],
    // The whole label must be before the domain: `acme.accounts` is no tenant of `ondemand.com`'s other domain.
    ['myaccounts.ondemand.com', { url: 'https://myaccounts.ondemand.com' }],
  ])('trusts %s alone with %j', (host, members) => {
    expect(parse({ ...common, ...members }).binding?.issuers).toEqual([host]);
  });

  it.each([
    [{ app_tid: 'a', zone_uuid: 'b' }, 'a'],
    [{ app_tid: undefined, zone_uuid: 'b' }, 'b'],
    [{ app_tid: undefined }, undefined],
  ])('with %j accepts the tenant %s', (members, tenant) => {
    expect(parse({ ...common, ...members }).binding?.tenant).toBe(tenant);
  });

  it('takes a URL with a slash at the end for the same', () => {
    const { binding } = parse({ ...common, url: 'https://acme.accounts.ondemand.com/' });
    expect(binding?.credentials.url).toBe('https://acme.accounts.ondemand.com');
  });

  it.each([
    ['http://acme.accounts.ondemand.com'],
    ['acme.accounts.ondemand.com'],
    ['https://acme.accounts.ondemand.com/oauth2'],
    ['https://user@acme.accounts.ondemand.com'],
    ['https://acme.accounts.ondemand.com?x'],
    [''],
    [5],
  ])('refuses the url %j', (url) => {
    expect(parse({ ...common, url }).problem).toContain('(url)');
  });

  it.each([['accounts.ondemand.com'], ['["a'], ['{}'], [[5]], [['']]])('refuses the domains %j', (domains) => {
    expect(parse({ ...common, domains }).problem).toContain('(domains');
  });

  it('names every member that is missing, at once, and what to bind', () => {
    const { binding, problem } = parse({ domains: [] });
    expect(binding).toBeUndefined();
    expect(problem).toBe(
      'The binding of clicreIas lacks usable credentials (clientid, url): ' +
        'bind an instance of the service identity, plan application.',
    );
  });
});

function parse(credentials: Record<string, unknown>) {
  const problems = new ConfigProblems();
  const binding = parseIdentityBinding({ label: 'identity', name: 'clicreIas', tags: ['ias'], credentials }, problems);
  try {
    problems.throwIfAny();
    return { binding, problem: undefined };
  } catch (error) {
    return { binding, problem: (error as Error).message.split('\n  - ')[1] };
  }
}
