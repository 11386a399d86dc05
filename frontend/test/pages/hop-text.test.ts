import type { Hop } from '../../src/hops';
import {
  authenticationText,
  certificateOf,
  formatDuration,
  hopSentence,
  hopState,
  outcomeText,
  shortThumbprint,
} from '../../src/pages/hop-text';

const failure = { code: 'down', message: 'It is down.', remedy: 'Start it.' };

const hop: Hop = {
  from: 'frontend',
  to: 'backend',
  method: 'GET',
  path: '/endpoint',
  purpose: 'the call itself',
  authentication: { kind: 'bearer', 'x5t#S256': 'abcdefghijkl' },
  status: 200,
  durationMs: 12.4,
  cache: 'none',
  observed: true,
};

describe('hopState', () => {
  it.each<[string, Partial<Hop>]>([
    ['done', {}],
    ['unseen', { observed: false }],
    ['cached', { cache: 'hit' }],
    ['stale', { cache: 'stale', failure }],
    ['failed', { failure }],
    ['failed', { failure, observed: false }],
  ])('is %s for %j', (state, change) => {
    expect(hopState({ ...hop, ...change })).toBe(state);
  });
});

describe('outcomeText', () => {
  it('says status and duration of an answered call', () => {
    expect(outcomeText(hop)).toBe('200 · 12 ms');
  });

  it('says that a call failed, with the status if there was one', () => {
    expect(outcomeText({ ...hop, status: 404, failure })).toBe('failed · 404 · 12 ms');
  });

  it('says that a cache answered, and that its refresh failed', () => {
    expect(outcomeText({ ...hop, cache: 'hit' })).toBe('200 · 12 ms · from cache');
    expect(outcomeText({ ...hop, cache: 'stale', failure })).toBe('200 · 12 ms · from cache, refresh failed');
  });

  it('says of an unobserved call only that', () => {
    const { status: _status, durationMs: _durationMs, ...unseen } = hop;
    expect(outcomeText({ ...unseen, observed: false })).toBe('not observed');
  });
});

describe('authenticationText', () => {
  it('names each kind', () => {
    expect(authenticationText({ kind: 'none' })).toBe('no authentication');
    expect(authenticationText({ kind: 'secret' })).toBe('client secret');
    expect(authenticationText({ kind: 'certificate', 'x5t#S256': 'x' })).toBe('client certificate');
    expect(authenticationText({ kind: 'bearer' })).toBe('bearer token');
    expect(authenticationText(hop.authentication)).toBe('bearer token and client certificate');
  });
});

describe('certificateOf', () => {
  it('returns the thumbprint where a certificate was shown, and nothing elsewhere', () => {
    expect(certificateOf(hop.authentication)).toBe('abcdefghijkl');
    expect(certificateOf({ kind: 'certificate', 'x5t#S256': 'x' })).toBe('x');
    expect(certificateOf({ kind: 'bearer' })).toBeUndefined();
    expect(certificateOf({ kind: 'secret' })).toBeUndefined();
  });
});

describe('shortThumbprint', () => {
  it('shows the first seven characters, and a short one whole', () => {
    expect(shortThumbprint('abcdefghijkl')).toBe('abcdefg…');
    expect(shortThumbprint('abc')).toBe('abc');
  });
});

describe('formatDuration', () => {
  it.each([
    [0.2, '< 1 ms'],
    [12.5, '13 ms'],
    [9999, '9999 ms'],
    [10_000, '10.0 s'],
  ])('writes %d as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe('hopSentence', () => {
  it('says who called whom, how, and with what outcome', () => {
    expect(hopSentence(hop, 6)).toBe(
      '6. Frontend to Backend: GET /endpoint, bearer token and client certificate abcdefg…, 200 · 12 ms.',
    );
  });
});
