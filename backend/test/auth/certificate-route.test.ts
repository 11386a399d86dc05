import type { IncomingMessage } from 'node:http';
import { isCertificateRoute } from '../../src/auth/certificate-route';

const CERTIFICATE_ROUTE = 'app.cert.cfapps.example';
const hosts = new Set([CERTIFICATE_ROUTE, '*.cert.tenants.example']);

describe('isCertificateRoute', () => {
  it.each([
    CERTIFICATE_ROUTE,
    `${CERTIFICATE_ROUTE}:443`,
    'App.Cert.CFApps.Example',
    'tenant1.cert.tenants.example',
    'tenant1.cert.tenants.example:8443',
  ])('says yes to Host: %s', (host) => {
    expect(ask(['Host', host])).toBe(true);
  });

  it.each([
    'app.cfapps.example',
    'localhost',
    '',
    'cert',
    'app.cert.cfapps.example.evil.example',
    'evil.app.cert.cfapps.example',
    'app.cert.cfapps.example.',
    'app.cert.cfapps.example:',
    'app.cert.cfapps.example:443:443',
    'user@app.cert.cfapps.example',
    'app.cert.cfapps.example, app.cert.cfapps.example',
    'app.cert.cfapps.example/x',
    'a.b.cert.tenants.example',
    'cert.tenants.example',
    '*',
  ])('says no to Host: %s', (host) => {
    expect(ask(['Host', host])).toBe(false);
  });

  it('says no to a request without Host and to one with two, in either order', () => {
    expect(ask([])).toBe(false);
    expect(ask(['Host', CERTIFICATE_ROUTE, 'host', 'app.cfapps.example'])).toBe(false);
    expect(ask(['Host', 'app.cfapps.example', 'host', CERTIFICATE_ROUTE])).toBe(false);
    expect(ask(['Host', CERTIFICATE_ROUTE, 'host', CERTIFICATE_ROUTE])).toBe(false);
  });

  it.each(['X-Forwarded-Host', 'Forwarded', 'X-Original-Host', ':authority'])('does not look at %s', (name) => {
    expect(ask(['Host', 'app.cfapps.example', name, CERTIFICATE_ROUTE])).toBe(false);
  });

  it('says no to a target in absolute form, whose host counts instead of Host', () => {
    expect(ask(['Host', CERTIFICATE_ROUTE], 'http://app.cfapps.example/endpoint')).toBe(false);
    expect(ask(['Host', CERTIFICATE_ROUTE], '*')).toBe(false);
  });

  it('knows no certificate route where none is listed', () => {
    expect(isCertificateRoute(request(['Host', CERTIFICATE_ROUTE]), new Set())).toBe(false);
  });

  function ask(rawHeaders: string[], url = '/endpoint'): boolean {
    return isCertificateRoute(request(rawHeaders, url), hosts);
  }

  function request(rawHeaders: string[], url = '/endpoint'): IncomingMessage {
    return { rawHeaders, url } as IncomingMessage; // all that the function may look at
  }
});
