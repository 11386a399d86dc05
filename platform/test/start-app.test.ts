import { ConfigError } from '../src/config-error';
import { describeStartFailure } from '../src/start-app';
import { Child } from './support/child';

describe('describeStartFailure', () => {
  it('lists configuration problems without a stack trace', () => {
    expect(describeStartFailure(new ConfigError(['PORT is "x".']))).toBe(
      'The configuration has 1 problem:\n  - PORT is "x".',
    );
  });

  it.each([
    [
      'EADDRINUSE',
      'listen EADDRINUSE: address already in use 0.0.0.0:8080',
      /Another process uses the port: .*:8080\. Choose/,
    ],
    ['EACCES', 'listen EACCES: permission denied 0.0.0.0:80', /may not listen there: .*:80\. Check PORT and HOST\.$/],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND nowhere', /^getaddrinfo ENOTFOUND nowhere$/],
  ])('tells %s in words', (code, message, expected) => {
    expect(describeStartFailure(Object.assign(new Error(message), { code }))).toMatch(expected);
  });

  it('keeps the stack of what is a bug', () => {
    expect(describeStartFailure(new TypeError('x is undefined'))).toMatch(/TypeError: x is undefined\n\s+at /);
  });
});

describe('startApp', () => {
  it('prints the failure on standard error and exits with 1, although something keeps the process alive', async () => {
    const child = new Child(`
      import { ConfigError } from './config-error';
      import { startApp } from './start-app';
      setInterval(() => undefined, 1000);
      void startApp('backend', async () => { throw new ConfigError(['Bind XSUAA.']); });
    `);
    expect(await child.end()).toEqual({ code: 1, signal: null });
    expect(child.stderr).toBe('backend cannot start. The configuration has 1 problem:\n  - Bind XSUAA.\n');
  });

  it('does nothing but start when the start succeeds', async () => {
    const child = new Child(`
      import { startApp } from './start-app';
      void startApp('backend', async () => undefined);
    `);
    expect(await child.end()).toEqual({ code: 0, signal: null });
    expect(child.stderr).toBe('');
  });
});
