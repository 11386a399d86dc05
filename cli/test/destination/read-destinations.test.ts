import { stringify } from 'yaml';
import { Failure } from '../../src/failure';
import { lintDestination } from '../../src/destination/lint/lint-destination';
import { readDestinations } from '../../src/destination/read-destinations';

const flat = { Name: 'd', Type: 'HTTP', URL: 'https://x', trust: true, port: 5 };
const texts = { Name: 'd', Type: 'HTTP', URL: 'https://x', trust: 'true', port: '5' };
const read = (value: unknown, file = 'file') =>
  readDestinations(typeof value === 'string' ? value : JSON.stringify(value), file);

describe('readDestinations', () => {
  it.each<readonly [string, unknown, string]>([
    ['JSON', flat, 'x.json'],
    ['the answer of a find', { owner: {}, destinationConfiguration: flat }, 'file'],
    ['a list', [flat], 'file'],
    ['YAML', stringify(flat), 'file.yaml'],
    ['YAML without extension', `---\n${stringify(flat)}`, 'file'],
    ['a list in YAML', stringify([flat]), 'file'],
    ['properties', 'Name=d\nType : HTTP\nURL https\\://x\ntrust=true\nport=5', 'file'],
  ])('reads %s', (_, value, file) => {
    expect(read(value, file).entries.map(({ properties }) => properties)).toEqual([texts]);
  });

  it('reads init_data with its levels', () => {
    const { entries } = read({
      init_data: { subaccount: { destinations: [flat] }, instance: { destinations: [flat, flat] } },
    });
    expect(entries.map(({ level, where }) => [level, where])).toEqual([
      ['subaccount', 'file, init_data, subaccount, destination 1'],
      ['instance', 'file, init_data, instance, destination 1'],
      ['instance', 'file, init_data, instance, destination 2'],
    ]);
  });

  it('finds a property that is set twice', () => {
    expect(read('Name=d\nURL=a\nURL=b').entries[0]?.findings).toMatchObject([
      { code: 'property-twice', severity: 'error' },
    ]);
  });

  it.each([
    ['JSON that does not parse', '{"Name": "d",}', /cannot be read as JSON/],
    ['YAML that does not parse', '---\nName: [', /cannot be read as YAML, line 2/],
    ['a value that is no text', '{"Name": {"a": 1}}', /Name in file is no text/],
    ['a list of nothing', '[]', /describes no destination/],
    ['an MTA without destinations', '_schema-version: "3.2"\nID: x', /describes no destination/],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(Failure);
    expect(() => read(text)).toThrow(message);
  });
});

describe('readDestinations of an MTA descriptor', () => {
  const destination = {
    Name: 'd',
    URL: '~{api/url}',
    Authentication: 'OAuth2ClientCredentials',
    TokenServiceInstanceName: 'x',
    TokenServiceKeyName: 'k-${timestamp}',
  };
  const requires = [
    { name: 'dest', parameters: { 'content-target': true } },
    {
      name: 'x',
      parameters: {
        'service-key': {
          name: 'k-${timestamp}',
          config: { 'credential-type': 'x509', x509: { validity: 30, 'validity-type': 'DAYS' } },
        },
      },
    },
  ];
  const resources = [
    { name: 'x', parameters: { service: 'xsuaa' } },
    { name: 'dest', parameters: { service: 'destination' } },
    { name: 'ias', parameters: { service: 'identity' } },
  ];
  const content = { instance: { existing_destinations_policy: 'update', destinations: [destination] } };
  const mta = (changes: { destination?: object; requires?: unknown[]; content?: object; resources?: unknown[] } = {}) =>
    stringify({
      '_schema-version': '3.2',
      modules: [
        {
          name: 'content',
          type: 'com.sap.application.content',
          requires: changes.requires ?? requires,
          parameters: {
            content: changes.content ?? {
              instance: { ...content.instance, destinations: [{ ...destination, ...changes.destination }] },
            },
          },
        },
      ],
      resources: changes.resources ?? resources,
    });
  const codes = (text: string) => {
    const { entries, findings } = readDestinations(text, 'mta.yaml');
    return [...findings, ...entries.flatMap((entry) => lintDestination(entry))].map(({ code }) => code);
  };
  const requiring = (name: string, config: object) => [...requires, { name, parameters: { config } }];

  it('finds nothing wrong with content that takes its key from XSUAA', () => {
    expect(readDestinations(mta(), 'mta.yaml').entries).toMatchObject([
      { kind: 'content', level: 'instance', where: 'mta.yaml, module content, instance, destination d' },
    ]);
    expect(codes(mta())).toEqual([]);
  });

  it.each<readonly [string, string]>([
    ['mta-policy', mta({ content: { subaccount: { destinations: [destination] } } })],
    ['mta-content-target', mta({ requires: requires.slice(1) })],
    ['mta-service-key', mta({ destination: { TokenServiceKeyName: undefined } })],
    ['mta-keystore', mta({ destination: { TokenServiceKeyStoreLocation: 'x.pem' } })],
    [
      'mta-key-not-renewed',
      mta({
        destination: { TokenServiceKeyName: 'k' },
        requires: [
          requires[0],
          { name: 'x', parameters: { 'service-key': { name: 'k', config: { 'credential-type': 'x509' } } } },
        ],
      }),
    ],
    ['mta-credential-type', mta({ requires: requiring('dest', { 'credential-type': 'x509' }) })],
    ['mta-credential-type', mta({ requires: requiring('x', { 'credential-type': 'X509_GENERATED' }) })],
    ['mta-credential-type', mta({ requires: requiring('ias', { 'credential-type': 'x509' }) })],
    [
      'mta-validity',
      mta({ requires: requiring('x', { 'credential-type': 'x509', x509: { validity: 1, 'validity-type': 'YEARS' } }) }),
    ],
    ['mta-validity', mta({ requires: requiring('dest', { xsuaa: { x509: { validity: 90 } } }) })],
    [
      'mta-private-key',
      mta({
        resources: [
          ...resources,
          {
            name: 'd2',
            parameters: {
              service: 'destination',
              config: {
                init_data: {
                  instance: {
                    existing_destinations_policy: 'update',
                    certificates: [{ Name: 'x.pem', Content: 'abc' }],
                  },
                },
              },
            },
          },
        ],
      }),
    ],
    ['url-trailing-slash', mta({ destination: { URL: 'https://x.example/' } })],
  ])('finds %s', (code, text) => {
    expect(codes(text)).toEqual([code]);
  });

  it('reads the destinations of init_data, with all rules', () => {
    const initData = {
      instance: {
        existing_destinations_policy: 'update',
        destinations: [{ ...flat, ProxyType: 'Internet', URL: 'x' }],
      },
    };
    const text = mta({
      content: {},
      resources: [{ name: 'd', parameters: { service: 'destination', config: { init_data: initData } } }],
    });
    expect(codes(text)).toEqual(['url-incomplete']);
  });
});
