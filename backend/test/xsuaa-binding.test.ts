import { ConfigProblems } from '@mtls/platform';
import { parseXsuaaBinding } from '../src/xsuaa-binding';

const credentials = {
  clientid: 'sb-mtlsxsuaa!t1',
  xsappname: 'mtlsxsuaa!t1',
  uaadomain: 'authentication.eu10.hana.ondemand.com',
  url: 'https://sub.authentication.eu10.hana.ondemand.com',
  'credential-type': 'x509',
  certificate: '-----BEGIN CERTIFICATE-----',
  key: '-----BEGIN RSA PRIVATE KEY-----',
  tenantmode: 'dedicated',
  zoneid: 'zone-1',
};

describe('parseXsuaaBinding', () => {
  it('keeps what checking tokens takes, and neither key nor certificate', () => {
    expect(parse(credentials)).toEqual({
      binding: {
        kind: 'xsuaa',
        name: 'mtlsXsuaa',
        credentials: {
          clientid: 'sb-mtlsxsuaa!t1',
          xsappname: 'mtlsxsuaa!t1',
          uaadomain: 'authentication.eu10.hana.ondemand.com',
        },
        zone: 'zone-1',
      },
      problem: undefined,
    });
  });

  it('is the same for a binding with a secret: the credential type has no effect on a resource server', () => {
    const { certificate: _certificate, key: _key, ...rest } = credentials;
    const secret = { ...rest, 'credential-type': 'binding-secret', clientsecret: 's3cret' };
    expect(parse(secret)).toEqual(parse(credentials));
  });

  it.each([
    [{ zoneid: 'a', identityzoneid: 'b', tenantid: 'c' }, 'a'],
    [{ zoneid: undefined, identityzoneid: 'b', tenantid: 'c' }, 'b'],
    [{ zoneid: undefined, tenantid: 'c' }, 'c'],
    [{ zoneid: undefined }, undefined],
    [{ tenantmode: undefined }, 'zone-1'],
    [{ tenantmode: 'shared' }, undefined],
  ])('with %j accepts the zone %s', (members, zone) => {
    expect(parse({ ...credentials, ...members }).binding?.zone).toBe(zone);
  });

  it.each(['localhost:5444', 'https://localhost:5444', '127.0.0.1:5444', '[::1]:5444', 'a-b.example'])(
    'accepts the uaadomain %s',
    (uaadomain) => {
      expect(parse({ ...credentials, uaadomain }).binding?.credentials.uaadomain).toBe(uaadomain);
    },
  );

  it.each(['', 'http://a.example', 'a.example/path', 'user@a.example', 'a.example?x', 'a b', 'a.example:port'])(
    'refuses the uaadomain %j',
    (uaadomain) => {
      expect(parse({ ...credentials, uaadomain }).problem).toContain('(uaadomain)');
    },
  );

  it('names every member that is missing, at once, and what to bind', () => {
    const { binding, problem } = parse({ url: 'https://a.example', clientid: '' });
    expect(binding).toBeUndefined();
    expect(problem).toBe(
      'The binding of mtlsXsuaa lacks usable credentials (clientid, xsappname, uaadomain): ' +
        'bind an instance of the service xsuaa, plan application.',
    );
  });
});

function parse(values: Record<string, unknown>) {
  const problems = new ConfigProblems();
  const binding = parseXsuaaBinding(
    { label: 'xsuaa', name: 'mtlsXsuaa', tags: ['xsuaa'], credentials: values },
    problems,
  );
  try {
    problems.throwIfAny();
    return { binding, problem: undefined };
  } catch (error) {
    return { binding, problem: (error as Error).message.split('\n  - ')[1] };
  }
}
