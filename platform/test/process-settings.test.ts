import { ConfigProblems, type ConfigError } from '../src/config-error';
import { readProcessSettings } from '../src/process-settings';

describe('readProcessSettings', () => {
  it('uses the documented defaults when the environment says nothing', () => {
    expect(read({})).toEqual({
      settings: { port: 8080, host: '0.0.0.0', logLevel: 'info', appName: 'fallback', reloadCheckMs: 5000 },
      problems: [],
    });
  });

  it('honours PORT, HOST, LOG_LEVEL, RELOAD_CHECK_SECONDS and the name in VCAP_APPLICATION', () => {
    const env = {
      PORT: '61001',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      RELOAD_CHECK_SECONDS: '60',
      VCAP_APPLICATION: JSON.stringify({ application_name: 'backendmtls', application_uris: ['a.b'] }),
    };
    expect(read(env)).toEqual({
      settings: { port: 61_001, host: '127.0.0.1', logLevel: 'warn', appName: 'backendmtls', reloadCheckMs: 60_000 },
      problems: [],
    });
  });

  it('accepts port 0, which lets the system choose', () => {
    expect(read({ PORT: '0' })).toMatchObject({ settings: { port: 0 }, problems: [] });
  });

  it('treats empty values as not set', () => {
    expect(read({ PORT: '', HOST: '', LOG_LEVEL: '', VCAP_APPLICATION: '' })).toMatchObject({
      settings: { port: 8080, host: '0.0.0.0', logLevel: 'info', appName: 'fallback' },
      problems: [],
    });
  });

  it.each(['http', '-1', '65536', '80.5', ' 80', '0x50', '1e3', 'NaN'])(
    'refuses PORT %j and says what it may be',
    (PORT) => {
      expect(read({ PORT }).problems).toEqual([
        `PORT is ${JSON.stringify(PORT)}: give a whole number from 0 to 65535, or unset it for 8080.`,
      ]);
    },
  );

  it('refuses an unknown log level and names the known ones', () => {
    expect(read({ LOG_LEVEL: 'verbose' }).problems).toEqual([
      'LOG_LEVEL is "verbose": give one of fatal, error, warn, info, debug, trace, silent.',
    ]);
  });

  it.each(['{', '"x"', 'null', '{"application_name":5}'])('refuses VCAP_APPLICATION %j', (VCAP_APPLICATION) => {
    expect(read({ VCAP_APPLICATION }).problems).toEqual([
      'VCAP_APPLICATION is not the JSON object that Cloud Foundry writes: unset it to run elsewhere.',
    ]);
  });

  it('collects all problems instead of stopping at the first', () => {
    expect(read({ PORT: 'x', LOG_LEVEL: 'y', VCAP_APPLICATION: 'z' }).problems).toHaveLength(3);
  });
});

function read(env: NodeJS.ProcessEnv) {
  const problems = new ConfigProblems();
  const settings = readProcessSettings(env, 'fallback', problems);
  try {
    problems.throwIfAny();
    return { settings, problems: [] };
  } catch (error) {
    return { settings, problems: (error as ConfigError).problems };
  }
}
