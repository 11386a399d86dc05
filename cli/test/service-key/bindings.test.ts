import { readBindings, type NamedCredentials } from '../../src/service-key/bindings';
import { cfEnvOutput, cfServiceKeyOutput, service } from '../support/credentials';

const credentials = { clientid: 'sb-mtlsxsuaa!t1', certurl: 'https://cert' };
const services = {
  xsuaa: [service('xsuaa', 'mtlsXsuaa', credentials)],
  destination: [service('destination', 'mtlsDestination', { uri: 'u' })],
};
const fromEnvironment: NamedCredentials[] = [
  { offering: 'xsuaa', instance: 'mtlsXsuaa', credentials },
  { offering: 'destination', instance: 'mtlsDestination', credentials: { uri: 'u' } },
];

describe('readBindings', () => {
  it.each<readonly [string, string, NamedCredentials[]]>([
    ['a bare service key', JSON.stringify(credentials), [{ credentials }]],
    ['a service key wrapped in credentials', JSON.stringify({ credentials }), [{ credentials }]],
    [
      'the output of cf service-key, with the instance',
      cfServiceKeyOutput('mtlsXsuaa', credentials),
      [{ instance: 'mtlsXsuaa', credentials }],
    ],
    [
      'a key that nests its client in uaa',
      JSON.stringify({ uaa: credentials, uri: 'u' }),
      [{ credentials: { uaa: credentials, uri: 'u' } }],
    ],
    [
      'a key that nests its client in oauth',
      JSON.stringify({ oauth: credentials }),
      [{ credentials: { oauth: credentials } }],
    ],
    ['VCAP_SERVICES', JSON.stringify(services), fromEnvironment],
    [
      'VCAP_SERVICES in an object, as default-env.json has it',
      JSON.stringify({ VCAP_SERVICES: services }),
      fromEnvironment,
    ],
    [
      'what cf curl /v3/apps/GUID/env prints',
      JSON.stringify({ system_env_json: { VCAP_SERVICES: services } }),
      fromEnvironment,
    ],
    ['the output of cf env', cfEnvOutput(services), fromEnvironment],
    ['the output of cf env for an app without bindings', cfEnvOutput({}), []],
  ])('reads %s', (_, text, expected) => {
    expect(readBindings(text)).toEqual(expected);
  });

  it('keeps the name of a binding that has one of its own', () => {
    const named = { ...service('xsuaa', 'auth', credentials), instance_name: 'mtlsXsuaa', binding_name: 'auth' };
    expect(readBindings(JSON.stringify({ xsuaa: [named] }))).toEqual([
      { offering: 'xsuaa', instance: 'mtlsXsuaa', binding: 'auth', credentials },
    ]);
  });

  it('takes no quadratic time on headings that never end', () => {
    const heading = `Getting key ${'for service instance '.repeat(20_000)}${' as '.repeat(50_000)}\n{"clientid":"c"}`;
    const started = process.cpuUsage();
    expect(readBindings(heading)).toMatchObject([{ credentials: { clientid: 'c' } }]);
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
  });
});
