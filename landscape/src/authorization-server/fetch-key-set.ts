import { Agent } from 'node:https';
import { rootCertificates } from 'node:tls';
import axios from 'axios';
import { findKeySetProblem } from './registered-certificates';

const LIMIT_BYTES = 100_000;

/**
 * Creates what fetches a client's `jwks_uri`: over https only, without redirects. The engine's own way refuses addresses of
 * this machine, and here all addresses are; it does not know the landscape's root either.
 */
export function createKeySetFetch(rootPem: string): typeof fetch {
  const httpsAgent = new Agent({ ca: [...rootCertificates, rootPem] });
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.startsWith('https:')) throw new Error(`${url} is no https address`);
    const { data, status } = await axios.get<ArrayBuffer>(url, {
      httpsAgent,
      proxy: false,
      maxRedirects: 0,
      maxContentLength: LIMIT_BYTES,
      responseType: 'arraybuffer',
      validateStatus: () => true,
      headers: { accept: 'application/json' },
      ...(init?.signal && { signal: init.signal }),
    });
    // The engine would quote what it cannot parse.
    const problem = status === 200 ? findKeySetProblem(parseJson(data)) : `the answer has the status ${status}`;
    if (problem !== undefined) throw new Error(problem);
    return new Response(data);
  };
}

function parseJson(data: ArrayBuffer): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    return undefined;
  }
}
