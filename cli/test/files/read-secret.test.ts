import { EventEmitter } from 'node:events';
import type { ReadStream } from 'node:tty';
import { readSecret } from '../../src/files/read-secret';

/** The part of a terminal that is used: keys come in as data while it is raw. */
class Terminal extends EventEmitter {
  raw = false;
  readonly shown: string[] = [];
  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }
  setEncoding(): this {
    return this;
  }
  resume(): this {
    return this;
  }
  pause(): this {
    return this;
  }
}

async function type(...keys: string[]): Promise<{ secret: Promise<string>; terminal: Terminal }> {
  const terminal = new Terminal();
  const secret = readSecret(terminal as unknown as ReadStream, {
    question: 'Password: ',
    write: (text) => terminal.shown.push(text),
  });
  secret.catch(() => {});
  for (const key of keys) if (terminal.raw) terminal.emit('data', key);
  return { secret, terminal };
}

describe('readSecret', () => {
  it('shows the question and nothing of the answer', async () => {
    const { secret, terminal } = await type('g', 'eh', 'eim', '\r');
    expect(await secret).toBe('geheim');
    expect(terminal.shown).toEqual(['Password: ', '\n']);
    expect(terminal.raw).toBe(false);
    expect(terminal.listenerCount('data')).toBe(0);
  });

  it('takes back what was deleted, and a whole line that was pasted', async () => {
    expect(await (await type('ab\u007Fc\b', 'd\n')).secret).toBe('ad');
  });

  it('ends on Ctrl+C', async () => {
    const { secret, terminal } = await type('a', '\u0003');
    await expect(secret).rejects.toMatchObject({ code: 'interrupted' });
    expect(terminal.raw).toBe(false);
  });
});
