import { type ConfigError, ConfigProblems } from '../src/config-error';
import { readSettingsGroup } from '../src/settings-group';

const group = { tag: 'oauth-client', names: ['CLIENT_ID', 'CLIENT_SECRET'] } as const;
const values = { CLIENT_ID: 'a', CLIENT_SECRET: 'top secret' };

describe('readSettingsGroup', () => {
  it('takes the environment, without what is empty and without other variables', () => {
    expect(read({ env: { ...values, CLIENT_SECRET: '', PATH: '/bin' } })).toEqual({
      given: { values: { CLIENT_ID: 'a' }, source: 'the environment' },
      problems: [],
    });
  });

  it('takes the credentials of the service with the tag', () => {
    expect(read({ services: [values] })).toEqual({
      given: { values, source: 'the service "service-0"' },
      problems: [],
    });
  });

  it.each([[{}], [{ services: [{}] }], [{ env: { CLIENT_ID: '' } }]])('gives nothing for %j', (from) => {
    expect(read(from)).toEqual({ given: undefined, problems: [] });
  });

  it('refuses both at once, and names the variables', () => {
    expect(read({ env: { CLIENT_ID: 'b' }, services: [values] })).toEqual({
      given: undefined,
      problems: [
        'CLIENT_ID is set, and the service "service-0" with the tag "oauth-client" is bound, too: unset the former or unbind the latter.',
      ],
    });
  });

  it('refuses two services', () => {
    expect(read({ services: [values, values] }).problems).toEqual([
      '2 services with the tag "oauth-client" are bound ("service-0", "service-1"): unbind all but one.',
    ]);
  });

  it('refuses names that it does not know and values that are no text, without quoting a value', () => {
    const { given, problems } = read({ services: [{ CLIENT_ID: { a: 'top secret' }, client_secret: 'top secret' }] });
    expect(given).toBeUndefined();
    expect(problems).toEqual([
      'The service "service-0" holds "client_secret", which is no setting: it can hold CLIENT_ID, CLIENT_SECRET.',
      'The service "service-0" holds "CLIENT_ID", which must be a text.',
    ]);
  });
});

function read({ env = {}, services = [] }: { env?: NodeJS.ProcessEnv; services?: Record<string, unknown>[] }) {
  const problems = new ConfigProblems();
  const bindings = services.map((credentials, index) => ({
    label: 'user-provided',
    name: `service-${index}`,
    tags: ['oauth-client'],
    credentials,
  }));
  const given = readSettingsGroup(group, { env, bindings, problems });
  try {
    problems.throwIfAny();
    return { given, problems: [] };
  } catch (error) {
    return { given, problems: (error as ConfigError).problems };
  }
}
