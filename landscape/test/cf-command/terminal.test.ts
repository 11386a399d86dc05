import { PassThrough } from 'node:stream';
import { createTerminal } from '../../src/terminal';
import { until } from '../support/until';

function setUp(options: { readonly isTTY: boolean }) {
  const input = Object.assign(new PassThrough(), options);
  const output = Object.assign(new PassThrough(), options);
  const errors = new PassThrough();
  let interrupts = 0;
  const terminal = createTerminal({ input, output, errors }, { onInterrupt: () => (interrupts += 1) });
  let shown = '';
  output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  return { terminal, input, shown: () => shown, interrupts: () => interrupts };
}

describe('createTerminal', () => {
  it('answers one prompt a line from a pipe, and knows its end', async () => {
    const { terminal, input, shown } = setUp({ isTTY: false });
    input.end('first\nsecond\nlast without end');
    expect(await terminal.prompt('One: ', { hidden: false })).toBe('first');
    expect(await terminal.prompt('Two: ', { hidden: true })).toBe('second');
    expect(await terminal.prompt('Three: ', { hidden: false })).toBe('last without end');
    expect(await terminal.prompt('Four: ', { hidden: false })).toBeUndefined();
    expect(shown()).toBe('One: Two: Three: Four: ');
    expect(terminal.isTerminal).toBe(false);
    terminal.close();
  });

  it('shows what is typed in a terminal, but nothing of a hidden answer', async () => {
    const { terminal, input, shown } = setUp({ isTTY: true });
    const name = terminal.prompt('Name: ', { hidden: false });
    input.write('me\r');
    expect(await name).toBe('me');
    const secret = terminal.prompt('Password: ', { hidden: true });
    input.write('s3cret\r');
    expect(await secret).toBe('s3cret');
    expect(shown()).toContain('me');
    expect(shown()).not.toMatch(/s3|cret/);
    expect(shown().endsWith('Password: \n')).toBe(true);
    expect(terminal.isTerminal).toBe(true);
    terminal.close();
  });

  it('reports Ctrl+C at a prompt', async () => {
    const { terminal, input, interrupts } = setUp({ isTTY: true });
    const answer = terminal.prompt('Password: ', { hidden: true });
    input.write('\u0003');
    await until('the interrupt is seen', () => interrupts() === 1);
    terminal.close();
    expect(await answer).toBeUndefined();
  });

  it('is a terminal when it is told to be one', () => {
    const streams = { input: new PassThrough(), output: new PassThrough(), errors: new PassThrough() };
    const terminal = createTerminal(streams, { forceTerminal: true, onInterrupt: () => {} });
    expect(terminal.isTerminal).toBe(true);
    terminal.close();
  });
});
