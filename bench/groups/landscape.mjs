// The stand-ins must never be what a measurement finds.
import { fetchTokens } from '../lib/landscape.mjs';
import { readFileSync } from 'node:fs';
import { figure } from '../lib/rows.mjs';

export const title = 'Landscape';

export async function run({ landscape, backend, quick }) {
  const { tokens, seconds } = await fetchTokens(backend.credentials, {
    count: quick ? 1000 : 5000,
    ca: readFileSync(landscape.caFile),
  });
  const value = tokens.length / seconds;
  const details = { tokens: tokens.length, note: 'over mTLS on eight kept connections; the client shares the core' };
  return {
    rows: [figure({ what: 'tokens a second', value, unit: '/s', must: { least: 500 }, aim: { least: 2000 }, details })],
  };
}
