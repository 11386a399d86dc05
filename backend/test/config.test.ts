import type { ConfigError } from '@mtls/platform';
import { readConfig } from '../src/config';

const credentials = { clientid: 'sb-a!t1', xsappname: 'a!t1', uaadomain: 'localhost:5444', zoneid: 'zone-1' };
const xsuaa = { label: 'xsuaa', name: 'mtlsXsuaa', plan: 'application', tags: ['xsuaa'], credentials };
const identity = {
  label: 'identity',
  name: 'clicreIas',
  plan: 'application',
  tags: ['ias'],
  credentials: {
    clientid: 'c-1',
    url: 'https://localhost:5447',
    domains: ['localhost:5447', 'localhost'],
    app_tid: 't',
  },
};
const oauth = { OAUTH_ISSUER: 'https://as.example', OAUTH_AUDIENCE: 'api://backendmtls' };
const application = JSON.stringify({
  application_name: 'backendmtls',
  application_uris: ['backendmtls.cfapps.example', 'backendmtls.cert.cfapps.example'],
});

describe('readConfig', () => {
  const before = process.env['VCAP_SERVICES'];
  afterEach(() => {
    if (before === undefined) delete process.env['VCAP_SERVICES'];
    else process.env['VCAP_SERVICES'] = before;
  });

  it('finds XSUAA by its tag, whatever the instance is called, and fills in the documented defaults', () => {
    bind({ 'user-provided': [{ ...xsuaa, label: 'user-provided', name: 'anything' }] });
    expect(readConfig({})).toEqual({
      port: 8080,
      host: '0.0.0.0',
      logLevel: 'info',
      appName: 'backend',
      reloadCheckMs: 5000,
      issuers: [
        {
          kind: 'xsuaa',
          name: 'anything',
          credentials: { clientid: 'sb-a!t1', xsappname: 'a!t1', uaadomain: 'localhost:5444' },
          zone: 'zone-1',
        },
      ],
      tokenCacheSize: 10_000,
      upstreamTimeoutMs: 2000,
      requiredScope: undefined,
      certificateBinding: {
        routes: [],
        header: 'x-forwarded-client-cert',
        onCertificateRoutes: 'if-bound',
        boundOnPlainRoutes: 'refuse',
      },
      files: [],
    });
  });

  it('finds Identity by its label, whatever the instance is called', () => {
    bind({ identity: [{ ...identity, name: 'anything', tags: [] }] });
    expect(readConfig({}).issuers).toEqual([
      {
        kind: 'identity',
        name: 'anything',
        credentials: { clientid: 'c-1', url: 'https://localhost:5447' },
        issuers: ['localhost:5447'],
        tenant: 't',
      },
    ]);
  });

  it('takes both, Identity first: its tokens may name XSUAA’s client, too', () => {
    bind({ xsuaa: [xsuaa], identity: [identity] });
    expect(readConfig({}).issuers.map(({ kind }) => kind)).toEqual(['identity', 'xsuaa']);
  });

  it('names the file of the bindings, so that it can be watched', () => {
    bind({ xsuaa: [xsuaa] });
    expect(readConfig({ VCAP_SERVICES_FILE_PATH: '/etc/vcap_services' }).files).toEqual(['/etc/vcap_services']);
  });

  it('takes another authorization server beside them, or alone', () => {
    bind({ xsuaa: [xsuaa], identity: [identity] });
    expect(readConfig(oauth).issuers.map(({ kind }) => kind)).toEqual(['identity', 'xsuaa', 'oauth']);
    bind({});
    expect(readConfig(oauth).issuers).toEqual([
      { kind: 'oauth', name: 'the environment', issuer: 'https://as.example', audience: 'api://backendmtls' },
    ]);
  });

  it('complains of a half configured authorization server only once', () => {
    bind({});
    expect(problemsOf({ OAUTH_ISSUER: 'https://as.example' })).toEqual([
      expect.stringMatching(/^OAUTH_AUDIENCE is missing/),
    ]);
  });

  it('honours every setting', () => {
    bind({ xsuaa: [xsuaa] });
    const env = {
      PORT: '5101',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'debug',
      VCAP_APPLICATION: application,
      TOKEN_CACHE_SIZE: '5000',
      UPSTREAM_TIMEOUT_MS: '500',
      REQUIRED_SCOPE: 'Display',
      CERTIFICATE_BINDING: 'required',
      ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES: 'true',
      DEBUG: 'express:*',
    };
    expect(readConfig(env)).toMatchObject({
      port: 5101,
      host: '127.0.0.1',
      logLevel: 'debug',
      appName: 'backendmtls',
      tokenCacheSize: 5000,
      upstreamTimeoutMs: 500,
      requiredScope: 'Display',
      certificateBinding: {
        routes: ['backendmtls.cert.cfapps.example'],
        header: 'x-forwarded-client-cert',
        onCertificateRoutes: 'required',
        boundOnPlainRoutes: 'accept',
      },
    });
  });

  it('says what to create and bind when neither is bound', () => {
    bind({ destination: [{ ...xsuaa, label: 'destination', tags: ['destination'] }] });
    expect(problemsOf({ VCAP_APPLICATION: application })).toEqual([
      'Neither XSUAA (tag "xsuaa") nor Identity (label "identity") is bound, so no token can be checked. ' +
        'XSUAA: cf create-service xsuaa application mtlsXsuaa -c xs-security.json, cf bind-service backendmtls mtlsXsuaa. ' +
        'Identity: cf create-service identity application clicreIas -c config_ias.json, cf bind-service backendmtls clicreIas. ' +
        'Another authorization server: cf create-user-provided-service mtlsOauthIssuer -t oauth-issuer ' +
        `-p '{"OAUTH_ISSUER":"https://…","OAUTH_AUDIENCE":"…"}', cf bind-service backendmtls mtlsOauthIssuer. ` +
        'Then cf restart backendmtls.',
    ]);
  });

  it('refuses two bindings where one is meant, and names both', () => {
    bind({ xsuaa: [xsuaa, { ...xsuaa, name: 'other' }] });
    expect(problemsOf({ VCAP_APPLICATION: application })).toEqual([
      '2 services with the tag "xsuaa" are bound (mtlsXsuaa, other), and one is meant: ' +
        'cf unbind-service backendmtls <the other>, then cf restart backendmtls.',
    ]);
  });

  it('refuses two bindings of Identity, too', () => {
    bind({ identity: [identity, { ...identity, name: 'other' }], xsuaa: [xsuaa] });
    expect(problemsOf({ VCAP_APPLICATION: application })).toEqual([
      '2 services with the label "identity" are bound (clicreIas, other), and one is meant: ' +
        'cf unbind-service backendmtls <the other>, then cf restart backendmtls.',
    ]);
  });

  it('refuses a required scope where no issuer grants scopes', () => {
    bind({ identity: [identity] });
    expect(problemsOf({ REQUIRED_SCOPE: 'Display' })).toEqual([
      'REQUIRED_SCOPE is set, but tokens of Identity carry no scopes: unset it, or bind XSUAA or another authorization server.',
    ]);
    bind({ identity: [identity], xsuaa: [xsuaa] });
    expect(readConfig({ REQUIRED_SCOPE: 'Display' }).requiredScope).toBe('Display');
    bind({ identity: [identity] });
    expect(readConfig({ ...oauth, REQUIRED_SCOPE: 'read' }).requiredScope).toBe('read');
  });

  it('lists all problems at once', () => {
    bind({ xsuaa: [{ ...xsuaa, credentials: {} }], identity: [{ ...identity, credentials: {} }] });
    const problems = problemsOf({
      PORT: 'x',
      LOG_LEVEL: 'loud',
      TOKEN_CACHE_SIZE: '0',
      UPSTREAM_TIMEOUT_MS: '60000',
      REQUIRED_SCOPE: 'two words',
      CERTIFICATE_ROUTES: 'https://a.example',
      DEBUG: '*',
    });
    expect(problems.map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
      'PORT is',
      'LOG_LEVEL is',
      'TOKEN_CACHE_SIZE is',
      'UPSTREAM_TIMEOUT_MS is',
      'REQUIRED_SCOPE is',
      'CERTIFICATE_ROUTES holds',
      'DEBUG is',
      'The binding',
      'The binding',
    ]);
  });

  it('does not also complain of a missing binding when the bindings cannot be read', () => {
    process.env['VCAP_SERVICES'] = '{';
    const problems = problemsOf({ PORT: 'x' });
    expect(problems).toHaveLength(2);
    expect(problems[1]).toMatch(/^The service bindings cannot be read: .*VCAP_SERVICES/);
  });

  it.each(['xssec', 'express:*,xssec', 'xs*', '*', 'a *'])(
    'refuses DEBUG=%s, with which @sap/xssec prints whole tokens',
    (DEBUG) => {
      bind({ xsuaa: [xsuaa] });
      expect(problemsOf({ DEBUG })).toEqual([`DEBUG is "${DEBUG}", which prints whole tokens to the log: unset it.`]);
    },
  );

  it.each(['', 'express:*', 'router xsenv', 'xssec:other'])('accepts DEBUG=%j', (DEBUG) => {
    bind({ xsuaa: [xsuaa] });
    expect(() => readConfig({ DEBUG })).not.toThrow();
  });
});

function bind(services: object): void {
  process.env['VCAP_SERVICES'] = JSON.stringify(services);
}

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    return (error as ConfigError).problems;
  }
  throw new Error('The configuration was accepted.');
}
