import { parse as parseProperties } from 'dot-properties';
import { parse as parseYaml } from 'yaml';
import { exportFormats, formatDestination } from '../../src/destination/format-destination';
import { readDestinations } from '../../src/destination/read-destinations';

const properties = {
  Name: 'd',
  Description: ' ä: "x" #y = z\\ \t|',
  URL: 'https://host.domain',
  clientId: 'sb-app!t1',
  'a name': '🙂',
};

describe('formatDestination', () => {
  it('escapes as the cockpit does', () => {
    const text = formatDestination(properties, 'properties');
    expect(text).toContain(String.raw`URL=https\://host.domain`);
    expect(text).toContain(String.raw`clientId=sb-app\!t1`);
    expect(text).toContain(String.raw`a\ name=\uD83D\uDE42`);
    expect(text).not.toMatch(/[^\n -~]/);
  });

  it('is read by others as it was', () => {
    expect(parseProperties(formatDestination(properties, 'properties'))).toEqual(properties);
    expect(parseYaml(formatDestination(properties, 'yaml'))).toEqual(properties);
    expect(JSON.parse(formatDestination(properties, 'json'))).toEqual(properties);
  });

  it.each(exportFormats)('is read by mtls as it was, in %s', (format) => {
    expect(readDestinations(formatDestination(properties, format), 'file').entries).toMatchObject([{ properties }]);
  });

  it.each(exportFormats)('writes no secret, in %s', (format) => {
    const secrets = {
      clientSecret: 's3cret',
      'tokenService.KeyStorePassword': 's3cret',
      Password: 's3cret',
      tokenServiceURL: 'https://x',
    };
    const text = formatDestination(secrets, format);
    expect(text).not.toContain('s3cret');
    expect(readDestinations(text, 'file').entries[0]?.properties).toEqual({
      clientSecret: '<< Existing password/certificate removed on export >>',
      'tokenService.KeyStorePassword': '<< Existing password/certificate removed on export >>',
      Password: '<< Existing password/certificate removed on export >>',
      tokenServiceURL: 'https://x',
    });
  });
});
