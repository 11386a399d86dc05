import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDefinition } from '../../src/destination/definition';
import { readDestinations } from '../../src/destination/read-destinations';
import { failureOf } from '../support/failure-of';

const read = (text: string) => {
  const [entry] = readDestinations(text, 'file').entries;
  if (entry === undefined) throw new Error('no destination was read');
  return readDefinition(entry);
};

describe('readDefinition', () => {
  it('undoes the escapes of Java properties', () => {
    const { properties } = read(String.raw`Name=d
clientId=sb-mtlsxsuaa\!t81786
URL=https\://host.domain
note = \u00e4 \
   continued
a\ b=c=d:e#f`);
    expect(properties).toEqual({
      Name: 'd',
      clientId: 'sb-mtlsxsuaa!t81786',
      URL: 'https://host.domain',
      note: 'ä continued',
      'a b': 'c=d:e#f',
    });
  });

  it('takes a placeholder of an export as absent and says so', () => {
    const { properties, notes } = read(
      '#export\nName=d\nclientSecret=<< Existing password/certificate removed on export >>\n#Password=<< x >>\n',
    );
    expect(properties).toEqual({ Name: 'd' });
    expect(notes).toEqual(['clientSecret in file is the placeholder of an export: left out.']);
  });

  it('reads JSON, bare and as a find returns it', () => {
    const flat = { Name: 'd', 'tokenService.KeyStoreLocation': 'k.pem', trust: true };
    const expected = { Name: 'd', 'tokenService.KeyStoreLocation': 'k.pem', trust: 'true' };
    expect(read(JSON.stringify(flat)).properties).toEqual(expected);
    expect(read(JSON.stringify({ owner: {}, destinationConfiguration: flat })).properties).toEqual(expected);
  });

  it.each([
    ['a file without a name', 'URL=a', 'has no "Name"'],
    ['JSON that does not parse', '{"Name": "d",}', 'cannot be read as JSON'],
    ['JSON that is not flat', '{"Name": "d", "x": {}}', 'x in file is no text'],
  ])('refuses %s', (_, text, message) => {
    expect(failureOf(() => read(text))).toMatchObject({
      code: 'destination-file',
      message: expect.stringContaining(message) as string,
    });
  });

  it('reads the destination that is shipped', () => {
    const file = join(__dirname, '..', '..', '..', 'destination', 'destination_to_mtlsapp');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(String.raw`https\://`);
    expect(text).toContain(String.raw`\!t`);
    expect(read(text).properties).toMatchObject({
      Name: 'destination_to_mtlsapp',
      clientId: expect.stringMatching(/^sb-mtlsxsuaa!t\d+$/) as string,
      tokenServiceURL: expect.stringMatching(/^https:\/\/[a-z]+\.authentication\.cert\..*\/oauth\/token$/) as string,
      'tokenService.KeyStoreLocation': 'mtlsXsuaa_client_certificate.pem',
    });
  });
});
