import { createLogger } from '@mtls/platform';
import { logConfiguration } from '../src/start-log';
import { strictBinding } from './support/test-backend';

describe('logConfiguration', () => {
  it('tells whose tokens are accepted and where certificates are believed', () => {
    expect(linesOf('refuse')).toEqual([
      expect.objectContaining({
        level: 'info',
        msg: 'configured',
        issuers: ['mtlsXsuaa (xsuaa)'],
        certificate_routes: strictBinding.routes,
        certificate_header: 'x-forwarded-client-cert',
        certificate_binding: 'if-bound',
        certificate_roles: 'the file /roles.json',
      }),
    ]);
  });

  it('warns when bound tokens are accepted without their certificate', () => {
    expect(linesOf('accept')[1]).toMatchObject({
      level: 'warn',
      msg: expect.stringMatching(
        /^ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES is true: .*whoever holds a bound token can use it/,
      ) as string,
    });
  });

  function linesOf(boundOnPlainRoutes: 'refuse' | 'accept'): unknown[] {
    const lines: string[] = [];
    const logger = createLogger({ component: 'backend', destination: { write: (line) => void lines.push(line) } });
    const credentials = { clientid: 'a', xsappname: 'a', uaadomain: 'a.example' };
    const issuers = [{ kind: 'xsuaa', name: 'mtlsXsuaa', credentials, zone: undefined }] as const;
    const certificateBinding = { ...strictBinding, boundOnPlainRoutes };
    const roles = { pinned: new Map(), renewable: new Map(), issuers: [] };
    const certificateRoles = { roles, source: 'the file /roles.json', files: ['/roles.json'] };
    logConfiguration({ issuers, certificateBinding, certificateRoles }, logger);
    return lines.map((line) => JSON.parse(line) as unknown);
  }
});
