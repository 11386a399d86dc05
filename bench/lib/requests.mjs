// The requests that the measured apps get, as Cloud Foundry's router hands them on.
import { Agent, get } from 'node:http';

/** With the header of a certificate route: one line of base64 DER, the leaf alone. */
export function certificateRequests({ backend }, tokens) {
  const { environment, credentials } = backend;
  const host = environment.application.application_uris.find((uri) => uri.split('.')[1] === 'cert');
  const leaf = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/
    .exec(credentials.certificate)[1]
    .replace(/\s/g, '');
  return tokens.map((token) => ({
    Host: host,
    Accept: 'text/plain',
    Authorization: `Bearer ${token}`,
    'X-Forwarded-Client-Cert': leaf,
  }));
}

export function pageRequests(accept) {
  return [{ Accept: accept }];
}

/** Sends so many requests on eight connections, neither more nor fewer. @throws for an answer other than 200 */
export async function sendExactly(url, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let left = count;
  const sendSome = async () => {
    while (left-- > 0) await getOne(url, agent);
  };
  await Promise.all(Array.from({ length: 8 }, sendSome));
  agent.destroy();
}

function getOne(url, agent) {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { accept: 'application/json' } }, (res) => {
      res.resume();
      res.on('end', () =>
        res.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${res.statusCode}`)),
      );
    }).on('error', reject);
  });
}
