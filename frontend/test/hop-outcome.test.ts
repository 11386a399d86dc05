import { cachedHop, measureHop, staleHop, type HopDraft } from '../src/hop-outcome';
import { UpstreamError } from '../src/upstream/upstream';

const draft: HopDraft = {
  from: 'frontend',
  to: 'xsuaa',
  method: 'POST',
  path: '/oauth/token',
  purpose: 'token',
  authentication: { kind: 'secret' },
};
const error = new UpstreamError({
  code: 'xsuaa-failed',
  status: 502,
  description: 'It failed.',
  remedy: 'Mend it.',
  detail: 'private',
  upstreamStatus: 500,
});

describe('measureHop', () => {
  it('measures a call that succeeds', async () => {
    const outcome = await measureHop(draft, () => Promise.resolve({ status: 200, value: 'v' }));
    expect(outcome).toEqual({
      ok: true,
      value: 'v',
      hop: { ...draft, status: 200, durationMs: expect.any(Number) as number, cache: 'none', observed: true },
    });
  });

  it('puts a failure with the status of the upstream on the hop, without what is private', async () => {
    const outcome = await measureHop(draft, () => Promise.reject(error));
    expect(outcome).toMatchObject({
      ok: false,
      error,
      hop: { status: 500, failure: { code: 'xsuaa-failed', message: 'It failed.', remedy: 'Mend it.' } },
    });
    expect(JSON.stringify(outcome.hop)).not.toContain('private');
  });

  it('passes on what is no failure of an upstream', async () => {
    await expect(measureHop(draft, () => Promise.reject(new TypeError('bug')))).rejects.toThrow(TypeError);
  });
});

describe('cachedHop and staleHop', () => {
  it('show a hop that was not made: no status, no duration', async () => {
    const { hop } = await measureHop(draft, () => Promise.resolve({ status: 200, value: 1 }));
    expect(cachedHop(hop)).toEqual({ ...draft, cache: 'hit', observed: true });
    expect(staleHop(hop, error)).toEqual({
      ...draft,
      cache: 'stale',
      observed: true,
      status: 500,
      failure: error.toFailure(),
    });
  });
});
