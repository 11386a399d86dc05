import { formatFault, parseFault } from '../../src/control/fault';
import { ControlError, runProgram, type ControlActions } from '../../src/control/program';

interface Run {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly calls: readonly (readonly unknown[])[];
}

async function run(...argv: string[]): Promise<Run> {
  const calls: unknown[][] = [];
  let [out, err] = ['', ''];
  const record =
    (name: string) =>
    async (...args: unknown[]): Promise<void> =>
      void calls.push([name, ...args]);
  const actions: ControlActions = {
    status: record('status'),
    stop: record('stop'),
    start: record('start'),
    fault: record('fault'),
    clear: record('clear'),
    requests: record('requests'),
    trust: record('trust'),
    sign: record('sign'),
    routerTrust: record('routerTrust'),
    users: record('users'),
    revokeUser: record('revokeUser'),
    identity: record('identity'),
    integration: record('integration'),
    destination: record('destination'),
    deliverBindings: record('deliverBindings'),
  };
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const exit = await runProgram(argv, { io, actions });
  return { exit, out, err, calls };
}

describe('landscape', () => {
  it.each([
    [['status'], ['status']],
    [
      ['stop', 'xsuaa'],
      ['stop', 'xsuaa'],
    ],
    [
      ['start', 'router'],
      ['start', 'router'],
    ],
    [
      ['fault', 'destination', 'hang'],
      ['fault', 'destination', { kind: 'hang' }],
    ],
    [
      ['fault', 'xsuaa', 'latency=20ms'],
      ['fault', 'xsuaa', { kind: 'latency', ms: 20 }],
    ],
    [['clear'], ['clear', undefined]],
    [
      ['clear', 'xsuaa'],
      ['clear', 'xsuaa'],
    ],
    [['requests'], ['requests', undefined]],
    [
      ['destination', 'refuse-private-token-urls', 'on'],
      ['destination', 'refuse-private-token-urls', true],
    ],
    [
      ['destination', 'keep-tokens', 'off'],
      ['destination', 'keep-tokens', false],
    ],
    [
      ['requests', 'xsuaa'],
      ['requests', 'xsuaa'],
    ],
    [
      ['deliver-bindings', 'backendmtls'],
      ['deliverBindings', 'backendmtls'],
    ],
    [['trust'], ['trust', { fileOnly: false }]],
    [
      ['trust', '--file'],
      ['trust', { fileOnly: true }],
    ],
    [
      ['router', 'trust', 'client.crt'],
      ['routerTrust', 'client.crt'],
    ],
    [
      ['sign', 'request.pem'],
      ['sign', 'request.pem', { days: 30 }],
    ],
    [
      ['sign', 'request.pem', '--days', '365'],
      ['sign', 'request.pem', { days: 365 }],
    ],
    [
      ['identity', 'untrust'],
      ['identity', 'untrust'],
    ],
    [['users'], ['users']],
    [['users', 'list'], ['users']],
    [
      ['users', 'revoke', 'alice@example.com'],
      ['revokeUser', 'alice@example.com'],
    ],
    [
      ['integration', 'flows'],
      ['integration', { verb: 'flows' }],
    ],
    [
      ['integration', 'deploy', '/http/echo'],
      ['integration', { verb: 'deploy', flow: { path: '/http/echo', role: 'ESBMessaging.send' } }],
    ],
    [
      ['integration', 'deploy', '/http/a/b', '--role', 'customer-a'],
      ['integration', { verb: 'deploy', flow: { path: '/http/a/b', role: 'customer-a' } }],
    ],
    [
      ['integration', 'undeploy', '/http/a'],
      ['integration', { verb: 'undeploy', path: '/http/a' }],
    ],
    [
      ['integration', 'trial', 'on'],
      ['integration', { verb: 'trial', isOn: true }],
    ],
    [
      ['integration', 'roots'],
      ['integration', { verb: 'roots' }],
    ],
  ])('understands %p', async (argv, call) => {
    expect(await run(...argv)).toMatchObject({ exit: 0, err: '', calls: [call] });
  });

  it('lists the services when one is unknown', async () => {
    const { exit, err, calls } = await run('stop', 'nope');
    expect({ exit, calls }).toEqual({ exit: 1, calls: [] });
    expect(err).toContain('The services are xsuaa, destination, identity,');
  });

  it('lists the verbs when one is unknown or missing', async () => {
    for (const argv of [['nope'], []]) {
      const { exit, err, calls } = await run(...argv);
      expect({ exit, calls }).toEqual({ exit: 1, calls: [] });
      expect(err).toMatch(/status[\s\S]*stop[\s\S]*fault[\s\S]*requests[\s\S]*trust/);
    }
  });

  it('lists the faults when one is unknown', async () => {
    const { exit, err } = await run('fault', 'xsuaa', 'explode');
    expect(exit).toBe(1);
    expect(err).toContain('A fault is one of hang, reset, status=503, latency=20ms.');
  });

  it('lists what can be done with identity when something else is wanted', async () => {
    const { exit, err, calls } = await run('identity', 'destroy');
    expect({ exit, calls }).toEqual({ exit: 1, calls: [] });
    expect(err).toContain('Allowed choices are applications, trust, untrust.');
  });

  it.each([
    [['destination', 'nope', 'on'], 'Allowed choices are refuse-private-token-urls, keep-tokens.'],
    [['destination', 'keep-tokens', 'maybe'], 'Allowed choices are on, off.'],
    [['integration', 'trial', 'maybe'], 'Allowed choices are on, off.'],
    [['integration', 'deploy', 'orders'], 'It begins with /http/'],
    [['integration', 'deploy', '/http/orders', '--role', 'a b'], 'A role has 1 to 64 letters'],
  ])('says what %p may be instead', async (argv, message) => {
    const { exit, err } = await run(...argv);
    expect(exit).toBe(1);
    expect(err).toContain(message);
  });

  it.each(['0', '366', '-1', '1.5', 'x'])('refuses a certificate of %s days', async (days) => {
    const { exit, err, calls } = await run('sign', 'request.pem', '--days', days);
    expect({ exit, calls }).toEqual({ exit: 1, calls: [] });
    expect(err).toContain('Give a whole number from 1 to 365.');
  });

  it('prints its help to standard output', async () => {
    const { exit, out, err } = await run('--help');
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toContain('requests [service]');
  });

  it("prints an action's refusal and fails", async () => {
    let err = '';
    const refuse = async (): Promise<void> => {
      throw new ControlError('identity is not part of this landscape');
    };
    const actions = {
      status: refuse,
      stop: refuse,
      start: refuse,
      fault: refuse,
      clear: refuse,
      requests: refuse,
      trust: refuse,
      sign: refuse,
      routerTrust: refuse,
      users: refuse,
      revokeUser: refuse,
      identity: refuse,
      integration: refuse,
      destination: refuse,
      deliverBindings: refuse,
    };
    const exit = await runProgram(['stop', 'identity'], {
      io: { out: () => {}, err: (text) => void (err += text) },
      actions,
    });
    expect({ exit, err }).toEqual({ exit: 1, err: 'identity is not part of this landscape\n' });
  });
});

describe('parseFault', () => {
  it.each(['hang', 'reset', 'status=503', 'latency=20ms'])('reads %s, and formatFault writes it again', (text) => {
    const fault = parseFault(text);
    expect(fault && formatFault(fault)).toBe(text);
  });

  it('takes seconds for a latency', () => {
    expect(parseFault('latency=2s')).toEqual({ kind: 'latency', ms: 2_000 });
  });

  it.each(['', 'status', 'status=99', 'status=600', 'latency=20', 'latency=-1ms', 'hang=1'])('refuses %p', (text) => {
    expect(parseFault(text)).toBeUndefined();
  });
});
