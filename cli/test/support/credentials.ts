import type { TestChain } from './test-chain';

/** Credentials of an XSUAA binding with a certificate, as the broker writes them. */
export function xsuaaCredentials(chain: Pick<TestChain, 'certificate' | 'key'>): Record<string, unknown> {
  return {
    apiurl: 'https://api.authentication.us10.hana.ondemand.com',
    certificate: chain.certificate,
    'certificate-pinning': true,
    certurl: 'https://sub.authentication.cert.us10.hana.ondemand.com',
    clientid: 'sb-mtlsxsuaa!t81786',
    'credential-type': 'x509',
    key: chain.key,
    tenantmode: 'dedicated',
    url: 'https://sub.authentication.us10.hana.ondemand.com',
    xsappname: 'mtlsxsuaa!t81786',
  };
}

export function service(label: string, name: string, credentials: Record<string, unknown>): Record<string, unknown> {
  return {
    binding_guid: '0d5f',
    binding_name: null,
    credentials,
    instance_name: name,
    label,
    name,
    plan: 'application',
    tags: [label],
  };
}

/** What `cf env APP` prints (cf 8): text with two JSON objects in it. */
export function cfEnvOutput(vcapServices: unknown): string {
  return [
    'Getting env variables for app backendmtls in org o / space s as u...',
    'System-Provided:',
    `VCAP_SERVICES: ${JSON.stringify(vcapServices, null, 2)}`,
    '',
    '',
    `VCAP_APPLICATION: ${JSON.stringify({ application_name: 'backendmtls', limits: { fds: 16_384 } }, null, 2)}`,
    '',
    '',
    'User-Provided:',
    'MALLOC_ARENA_MAX: 1',
    'TEMPLATE: {not json}',
    '',
    'No running env variables have been set',
    '',
    'No staging env variables have been set',
    '',
  ].join('\n');
}

/** What `cf service-key INSTANCE KEY` prints (cf 8). */
export function cfServiceKeyOutput(instance: string, credentials: unknown): string {
  return `Getting key reader for service instance ${instance} as user@example.com...\n\n${JSON.stringify({ credentials }, null, 2)}\n`;
}
