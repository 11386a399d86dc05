import { ConfigProblems, type ConfigError } from '@mtls/platform';
import { readCertificateBinding } from '../src/certificate-binding-settings';

const application = (...uris: unknown[]): string => JSON.stringify({ application_uris: uris });

describe('readCertificateBinding', () => {
  it('is strict without any setting, and knows no certificate route outside Cloud Foundry', () => {
    expect(read({}).policy).toEqual({
      routes: [],
      header: 'x-forwarded-client-cert',
      onCertificateRoutes: 'if-bound',
      boundOnPlainRoutes: 'refuse',
    });
  });

  it('takes the app’s routes whose second label is cert for certificate routes', () => {
    const VCAP_APPLICATION = application(
      'app.cfapps.example',
      'App.cert.cfapps.example',
      'app.cert.cfapps.example/path',
      'cert.cfapps.example',
      'a.b.cert.cfapps.example',
      'app.certs.cfapps.example',
      '*.cert.tenants.example',
      'app.cert.bad host"',
    );
    expect(read({ VCAP_APPLICATION }).policy.routes).toEqual(['app.cert.cfapps.example', '*.cert.tenants.example']);
  });

  it.each(['', '{', '{}', '[]', 'null', '{"application_uris":"app.cert.cfapps.example"}', application(5)])(
    'finds no certificate route in VCAP_APPLICATION %j',
    (VCAP_APPLICATION) => {
      expect(read({ VCAP_APPLICATION })).toMatchObject({ policy: { routes: [] }, problems: [] });
    },
  );

  it('honours every setting; the routes of CERTIFICATE_ROUTES stand instead of the app’s', () => {
    const { policy, problems } = read({
      VCAP_APPLICATION: application('app.cert.cfapps.example'),
      CERTIFICATE_ROUTES: 'mtls.acme.example, *.B.example',
      CLIENT_CERTIFICATE_HEADER: 'client-cert',
      CERTIFICATE_BINDING: 'required',
      ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES: 'true',
    });
    expect(problems).toEqual([]);
    expect(policy).toEqual({
      routes: ['mtls.acme.example', '*.b.example'],
      header: 'client-cert',
      onCertificateRoutes: 'required',
      boundOnPlainRoutes: 'accept',
    });
  });

  it.each(['https://a.example', 'a.example:443', 'a.example/x', 'a.example,,b.example', 'a b', '*', 'a*.example', ' '])(
    'refuses CERTIFICATE_ROUTES=%j',
    (CERTIFICATE_ROUTES) => {
      expect(read({ CERTIFICATE_ROUTES }).problems).toEqual([
        expect.stringMatching(/^CERTIFICATE_ROUTES holds ".*": give host names without scheme, port and path/),
      ]);
    },
  );

  it('refuses to require bound tokens on certificate routes where there is none', () => {
    expect(read({ CERTIFICATE_BINDING: 'required' }).problems).toEqual([
      'CERTIFICATE_BINDING is "required", but this app has no certificate route: map one, whose second label is cert, ' +
        'or name its host in CERTIFICATE_ROUTES.',
    ]);
    expect(read({ CERTIFICATE_BINDING: 'required', CERTIFICATE_ROUTES: 'a.example' }).problems).toEqual([]);
  });

  it.each([
    ['CLIENT_CERTIFICATE_HEADER', 'X-Forwarded-Client-Cert,Client-Cert', 'x-forwarded-client-cert or client-cert'],
    ['CERTIFICATE_BINDING', 'off', 'if-bound or required'],
    ['ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES', 'yes', 'false or true'],
    ['ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES', 'TRUE', 'false or true'],
  ])('refuses %s=%s and lists what there is', (name, value, choices) => {
    expect(read({ [name]: value }).problems).toEqual([
      expect.stringMatching(new RegExp(`^${name} is "${value}": give ${choices}, or unset it for `)),
    ]);
  });

  function read(env: NodeJS.ProcessEnv) {
    const problems = new ConfigProblems();
    const policy = readCertificateBinding(env, problems);
    try {
      problems.throwIfAny();
      return { policy, problems: [] };
    } catch (error) {
      return { policy, problems: (error as ConfigError).problems };
    }
  }
});
