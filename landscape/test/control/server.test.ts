import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CfIo } from '../../src/cf/command/io';
import { NoLandscapeError, runRemote } from '../../src/control/client';
import { ControlServer, type CommandHandlers } from '../../src/control/server';
import { controlFiles, controlSocketPath } from '../../src/control/socket-path';
import { until } from '../support/until';

describe('ControlServer and runRemote', () => {
  let folder: string;
  let server: ControlServer | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'control-test-'));
  });

  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function start(handlers: Partial<CommandHandlers>): Promise<void> {
    const none = async () => ({ exit: 99 });
    server = await ControlServer.start(controlSocketPath(folder), { cf: none, landscape: none, ...handlers });
  }

  function terminal(answers: readonly string[] = []): CfIo & { readonly printed: string[] } {
    const printed: string[] = [];
    const left = [...answers];
    return {
      printed,
      isTerminal: true,
      out: (text) => void printed.push(`out ${text}`),
      err: (text) => void printed.push(`err ${text}`),
      async prompt(text, { hidden }) {
        printed.push(`prompt ${text}${hidden ? ' hidden' : ''}`);
        return left.shift();
      },
    };
  }

  it('passes argv, folder and session on, and output, exit code and session back', async () => {
    await start({
      async cf({ argv, cwd, session, io }) {
        io.out(`${argv.join(' ')} in ${cwd}, terminal ${io.isTerminal}\n`);
        io.err('a warning\n');
        return { exit: 3, session: { before: session } };
      },
    });
    const io = terminal();
    const result = await runRemote(
      folder,
      { command: 'cf', argv: ['env', 'a "b"\n'], cwd: '/x', session: { user: 'u' } },
      io,
    );
    expect(result).toEqual({ exit: 3, session: { before: { user: 'u' } } });
    expect(io.printed).toEqual(['out env a "b"\n in /x, terminal true\n', 'err a warning\n']);
  });

  it('asks the client what a command asks, and tells it the end of the input', async () => {
    const answers: (string | undefined)[] = [];
    await start({
      async cf({ io }) {
        answers.push(await io.prompt('Email: ', { hidden: false }));
        answers.push(await io.prompt('Password: ', { hidden: true }));
        answers.push(await io.prompt('More: ', { hidden: false }));
        return { exit: 0 };
      },
    });
    const io = terminal(['me', 'pässword']);
    await runRemote(folder, { command: 'cf', argv: [], cwd: '/' }, io);
    expect(answers).toEqual(['me', 'pässword', undefined]);
    expect(io.printed).toEqual(['prompt Email: ', 'prompt Password:  hidden', 'prompt More: ']);
  });

  it('cancels the command when the client goes away', async () => {
    let cancelled = false;
    let began = false;
    await start({
      async cf({ signal }) {
        began = true;
        await once(signal, 'abort');
        cancelled = true;
        return { exit: 0 };
      },
    });
    const socket = connect(controlSocketPath(folder));
    socket.write(`${JSON.stringify({ command: 'cf', argv: [], cwd: '/', terminal: false })}\n`);
    await until('the command runs', () => began);
    socket.destroy();
    await until('it is cancelled', () => cancelled);
  });

  it('tells the client when the landscape ends in the middle of a command', async () => {
    let began = false;
    await start({
      async cf({ signal }) {
        began = true;
        await once(signal, 'abort');
        return { exit: 0 };
      },
    });
    const command = runRemote(folder, { command: 'cf', argv: [], cwd: '/' }, terminal());
    const failure = command.catch((error: unknown) => error);
    await until('the command runs', () => began);
    await server?.stop();
    server = undefined;
    expect(await failure).toBeInstanceOf(NoLandscapeError);
  });

  it('serves several commands at once', async () => {
    await start({
      async cf({ io, argv }) {
        io.out(argv.join());
        return { exit: Number((await io.prompt('', { hidden: false })) ?? -1) };
      },
    });
    const results = await Promise.all(
      ['1', '2', '3'].map((answer) =>
        runRemote(folder, { command: 'cf', argv: [answer], cwd: '/' }, terminal([answer])),
      ),
    );
    expect(results.map(({ exit }) => exit)).toEqual([1, 2, 3]);
  });

  it('fails a command that throws or is malformed, and goes on', async () => {
    await start({
      async landscape() {
        throw new Error('disk full');
      },
    });
    const io = terminal();
    expect(await runRemote(folder, { command: 'landscape', argv: [], cwd: '/' }, io)).toMatchObject({ exit: 1 });
    expect(io.printed).toEqual(['err The landscape failed: disk full\n']);
    const socket = connect(controlSocketPath(folder));
    socket.end('{"command":"rm"}\n');
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toContain('{"exit":1}');
    expect(await runRemote(folder, { command: 'cf', argv: [], cwd: '/' }, terminal())).toEqual({ exit: 99 });
  });

  it('says how to start a landscape when none runs, or only a dead socket is there', async () => {
    await expect(runRemote(folder, { command: 'cf', argv: [], cwd: '/' }, terminal())).rejects.toThrow(
      `No landscape runs with the state folder ${folder}. Start one in another terminal: npm start`,
    );
    await writeFile(controlSocketPath(folder), '');
    await expect(runRemote(folder, { command: 'cf', argv: [], cwd: '/' }, terminal())).rejects.toThrow(
      NoLandscapeError,
    );
    await start({});
    expect(await runRemote(folder, { command: 'cf', argv: [], cwd: '/' }, terminal())).toEqual({ exit: 99 });
  });

  it('works with a state folder whose path is too long for a socket', async () => {
    const deep = join(folder, 'd'.repeat(120));
    await mkdir(deep);
    const path = controlSocketPath(deep);
    expect(path.length).toBeLessThan(104);
    const other = await ControlServer.start(path, {
      cf: async () => ({ exit: 7 }),
      landscape: async () => ({ exit: 8 }),
    });
    expect(await runRemote(deep, { command: 'cf', argv: [], cwd: '/' }, terminal())).toEqual({ exit: 7 });
    await other.stop();
    expect(controlFiles(deep)).toEqual([join(path, '..')]);
    expect(controlFiles(folder)).toEqual([join(folder, 'control.sock')]);
    await rm(join(path, '..'), { recursive: true });
  });

  it('refuses a folder that others can enter', async () => {
    await chmod(folder, 0o755);
    await expect(start({})).rejects.toThrow(/must belong to you and be closed to others/);
  });
});
