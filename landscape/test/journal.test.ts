import { Journal, maskPath, type JournalEntry } from '../src/journal';

describe('maskPath', () => {
  it('keeps what tells what a request is about, and hides values', () => {
    expect(maskPath('/oauth/authorize?response_type=code&client_id=sb-x&state=s')).toBe(
      '/oauth/authorize?response_type=code&client_id=…&state=…',
    );
    expect(maskPath('/x')).toBe('/x');
  });

  it('hides what cannot be decoded, too', () => {
    expect(maskPath('/x?%zz=secret&%=secret')).toBe('/x?%zz=…&%=…');
  });
});

describe('Journal', () => {
  it('keeps the newest 10,000 entries', () => {
    const journal = new Journal();
    const at = (port: number): JournalEntry => ({
      kind: 'handshake',
      service: 'router',
      port,
      time: '',
      resumed: false,
    });
    for (let port = 0; port <= 10_000; port += 1) journal.add(at(port));
    expect(journal.entries()).toHaveLength(10_000);
    expect(journal.entries().at(0)).toEqual(at(1));
    expect(journal.entries().at(-1)).toEqual(at(10_000));
  });
});
