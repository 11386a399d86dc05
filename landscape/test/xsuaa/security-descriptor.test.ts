import { BrokerError, type JsonObject } from '../../src/broker';
import { readSecurityDescriptor } from '../../src/xsuaa/security-descriptor';

const refusal = (parameters: JsonObject): string => {
  try {
    readSecurityDescriptor(parameters);
  } catch (error) {
    if (error instanceof BrokerError && error.status === 400) return error.message;
    throw error;
  }
  throw new Error('was accepted');
};

const oauth2 = (configuration: JsonObject): JsonObject => ({ xsappname: 'a', 'oauth2-configuration': configuration });
const many = (count: number, create: (index: number) => JsonObject) =>
  Array.from({ length: count }, (_, index) => create(index));

describe('readSecurityDescriptor', () => {
  it('reads the smallest descriptor', () => {
    expect(readSecurityDescriptor({ xsappname: 'mtlsxsuaa' })).toMatchObject({
      xsappname: 'mtlsxsuaa',
      'tenant-mode': 'dedicated',
      scopes: [],
    });
  });

  it('reads everything that is documented, and what SAP samples use beyond', () => {
    const descriptor = readSecurityDescriptor({
      xsappname: 'node-hello-world',
      'tenant-mode': 'shared',
      description: 'Security profile',
      scopes: [
        { name: '$XSAPPNAME.Display', description: 'display' },
        { name: '$XSAPPNAME.cds.Subscriber', 'granted-apps': ['$XSAPPNAME(application,business-partner)'] },
        { name: '$XSAPPNAME.Callback', 'grant-as-authority-to-apps': ['$XSSERVICENAME(my-instance)'] },
        { name: 'uaa.user', description: 'UAA' },
      ],
      attributes: [{ name: 'Country', description: 'Country', valueType: 'string', valueRequired: 'false' }],
      'role-templates': [
        {
          name: 'Viewer',
          description: 'View all books',
          'default-role-name': 'Viewer: Authorized to Read All Books',
          'scope-references': ['$XSAPPNAME.Display', 'uaa.user'],
          'attribute-references': [{ name: 'Country', 'default-values': ['USA', 'Germany'] }, 'Country'],
        },
      ],
      'role-collections': [{ name: 'Viewers', description: 'all', 'role-template-references': ['$XSAPPNAME.Viewer'] }],
      authorities: ['$ACCEPT_GRANTED_AUTHORITIES', '$XSAPPNAME.Display', '$XSAPPNAME(application,other).Read'],
      'authorities-inheritance': false,
      'foreign-scope-references': ['$ACCEPT_GRANTED_SCOPES'],
      'oauth2-configuration': {
        'token-validity': 900,
        'refresh-token-validity': 1800,
        'redirect-uris': ['https://*.cfapps.eu10.hana.ondemand.com/**', 'http://localhost:5002/login/callback'],
        'credential-types': ['binding-secret', 'x509'],
        'system-attributes': ['groups', 'rolecollections'],
        allowedproviders: ['origin_key1'],
        'grant-types': ['client_credentials', 'authorization_code'],
        autoapprove: 'true',
      },
      xsenableasyncservice: 'true',
    });
    expect(descriptor['oauth2-configuration']).toMatchObject({ 'token-validity': 900, autoapprove: true });
    expect(descriptor.attributes[0]?.valueRequired).toBe(false);
  });

  it.each<[string, JsonObject, string]>([
    ['no xsappname', {}, '"xsappname" is missing'],
    ['an empty xsappname', { xsappname: '' }, '"xsappname" is ""; it must be a name of 1 to 100'],
    ['a forbidden character', { xsappname: 'my app' }, '"xsappname" is "my app"; it must be a name'],
    ['101 characters', { xsappname: 'a'.repeat(101) }, '"xsappname" is "aaa'],
    ['a number for a name', { xsappname: 5 }, '"xsappname" is 5'],
    [
      'an unknown member',
      { xsappname: 'a', 'tenant-mod': 'shared' },
      '"tenant-mod" is unknown; known are xsappname, tenant-mode,',
    ],
    [
      'a wrong tenant mode',
      { xsappname: 'a', 'tenant-mode': 'multi' },
      '"tenant-mode" is "multi"; it must be one of dedicated, shared, external',
    ],
    [
      'a configuration that is no object',
      { xsappname: 'a', 'oauth2-configuration': [] },
      '"oauth2-configuration" is []',
    ],
    [
      'an unknown configuration',
      oauth2({ 'credential-type': ['x509'] }),
      '"oauth2-configuration.credential-type" is unknown; known are token-validity',
    ],
    [
      'a token validity below the minimum',
      oauth2({ 'token-validity': 59 }),
      '"oauth2-configuration.token-validity" is 59; it must be a whole number of seconds from 60 to 86400',
    ],
    [
      'a token validity above the maximum',
      oauth2({ 'token-validity': 86_401 }),
      '"oauth2-configuration.token-validity" is 86401',
    ],
    ['a token validity in text', oauth2({ 'token-validity': '900' }), '"oauth2-configuration.token-validity" is "900"'],
    ['half a second', oauth2({ 'token-validity': 60.5 }), '"oauth2-configuration.token-validity" is 60.5'],
    [
      'a refresh token validity above the maximum',
      oauth2({ 'refresh-token-validity': 31_536_001 }),
      'from 60 to 31536000',
    ],
    [
      'an unknown credential type',
      oauth2({ 'credential-types': ['x509', 'X509_GENERATED'] }),
      '"oauth2-configuration.credential-types[1]" is "X509_GENERATED"; it must be one of binding-secret, x509, instance-secret',
    ],
    [
      'no credential type',
      oauth2({ 'credential-types': [] }),
      'it must be a list with at least one entry, each named once',
    ],
    ['a credential type twice', oauth2({ 'credential-types': ['x509', 'x509'] }), 'each named once'],
    [
      'a credential type that is no list',
      oauth2({ 'credential-types': 'x509' }),
      '"oauth2-configuration.credential-types" is "x509"',
    ],
    [
      'an unknown grant type',
      oauth2({ 'grant-types': ['client_x509'] }),
      '"oauth2-configuration.grant-types[0]" is "client_x509"',
    ],
    [
      'a relative redirect URI',
      oauth2({ 'redirect-uris': ['/callback'] }),
      '"oauth2-configuration.redirect-uris[0]" is "/callback"',
    ],
    [
      'an unknown system attribute',
      oauth2({ 'system-attributes': ['roles'] }),
      '"oauth2-configuration.system-attributes[0]" is "roles"',
    ],
    [
      'autoapprove that is neither',
      oauth2({ autoapprove: 'yes' }),
      '"oauth2-configuration.autoapprove" is "yes"; it must be true or false',
    ],
    [
      'a scope without prefix',
      { xsappname: 'a', scopes: [{ name: 'Read' }] },
      '"scopes[0].name" is "Read"; it must be $XSAPPNAME.',
    ],
    ['a scope that starts with a dot', { xsappname: 'a', scopes: [{ name: '$XSAPPNAME..Read' }] }, '"scopes[0].name"'],
    ['a scope without a name', { xsappname: 'a', scopes: [{ description: 'x' }] }, '"scopes[0].name" is missing'],
    [
      'an unknown member of a scope',
      { xsappname: 'a', scopes: [{ name: '$XSAPPNAME.R', desc: 'x' }] },
      '"scopes[0].desc" is unknown',
    ],
    [
      'a grant to what is no application',
      { xsappname: 'a', scopes: [{ name: '$XSAPPNAME.R', 'grant-as-authority-to-apps': ['other'] }] },
      '"scopes[0].grant-as-authority-to-apps[0]" is "other"',
    ],
    [
      'a scope twice',
      { xsappname: 'a', scopes: [{ name: '$XSAPPNAME.R' }, { name: '$XSAPPNAME.R' }] },
      '"scopes" holds "$XSAPPNAME.R" twice',
    ],
    [
      'a scope that is too long with its application',
      { xsappname: 'a'.repeat(100), scopes: [{ name: `$XSAPPNAME.${'R'.repeat(90)}` }] },
      'allowed are 193',
    ],
    [
      'a role template with a scope that is not there',
      { xsappname: 'a', 'role-templates': [{ name: 'V', 'scope-references': ['$XSAPPNAME.R'] }] },
      'role template "V" names the scope "$XSAPPNAME.R", which "scopes" does not define',
    ],
    [
      'a role template with an attribute that is not there',
      { xsappname: 'a', 'role-templates': [{ name: 'V', 'attribute-references': ['Country'] }] },
      'names the attribute "Country"',
    ],
    [
      'a role collection with a role template that is not there',
      { xsappname: 'a', 'role-collections': [{ name: 'C', 'role-template-references': ['$XSAPPNAME.V'] }] },
      'role collection "C" names the role template "$XSAPPNAME.V"',
    ],
    [
      'an authority that is not there',
      { xsappname: 'a', authorities: ['$XSAPPNAME.R'] },
      '"authorities" names the scope "$XSAPPNAME.R"',
    ],
    ['an authority of no form', { xsappname: 'a', authorities: ['Read'] }, '"authorities[0]" is "Read"'],
    [
      '501 scopes',
      { xsappname: 'a', scopes: many(501, (n) => ({ name: `$XSAPPNAME.s${n}` })) },
      'it must be a list of at most 500 entries',
    ],
    [
      '251 granted scopes',
      {
        xsappname: 'a',
        scopes: many(251, (n) => ({ name: `$XSAPPNAME.s${n}`, 'granted-apps': ['$XSAPPNAME(application,b)'] })),
      },
      '251 scopes are granted to applications; allowed are 250',
    ],
    ['51 attributes', { xsappname: 'a', attributes: many(51, (n) => ({ name: `a${n}` })) }, 'at most 50 entries'],
    [
      '501 role templates',
      { xsappname: 'a', 'role-templates': many(501, (n) => ({ name: `r${n}` })) },
      'at most 500 entries',
    ],
    [
      '251 role collections',
      { xsappname: 'a', 'role-collections': many(251, (n) => ({ name: `c${n}`, 'role-template-references': [] })) },
      'at most 250 entries',
    ],
  ])('refuses %s', (_, parameters, message) => {
    expect(refusal(parameters)).toMatch(/^Error parsing xs-security\.json data: /);
    expect(refusal(parameters)).toContain(message);
  });

  it('accepts the limits themselves', () => {
    readSecurityDescriptor({
      xsappname: 'a'.repeat(100),
      scopes: many(500, (n) => ({ name: `$XSAPPNAME.s${n}` })),
      attributes: many(50, (n) => ({ name: `a${n}` })),
      'oauth2-configuration': { 'token-validity': 60, 'refresh-token-validity': 31_536_000 },
    });
    readSecurityDescriptor(oauth2({ 'token-validity': 86_400 }));
  });

  it('lists every problem at once', () => {
    const message = refusal({ 'tenant-mode': 'x', 'oauth2-configuration': { 'token-validity': 1 }, foo: 1 });
    for (const part of ['"xsappname" is missing', '"tenant-mode" is "x"', 'token-validity" is 1', '"foo" is unknown'])
      expect(message).toContain(part);
  });

  it('never repeats a private key', () => {
    expect(refusal({ xsappname: '-----BEGIN PRIVATE KEY-----\nMIIE' })).not.toContain('MIIE');
  });
});
