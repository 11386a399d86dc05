import type { ReadStream } from 'node:tty';
import { UsageFailure } from '../failure';

/**
 * Asks for a secret on a terminal without showing what is typed.
 * @param write shows the question and the line break after the answer.
 * @throws {UsageFailure} `interrupted` on Ctrl+C.
 */
export function readSecret(
  terminal: ReadStream,
  { question, write }: { readonly question: string; readonly write: (text: string) => void },
): Promise<string> {
  write(question);
  terminal.setRawMode(true);
  terminal.setEncoding('utf8');
  terminal.resume();
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (settle: () => void): void => {
      terminal.off('data', read);
      terminal.setRawMode(false);
      terminal.pause();
      write('\n');
      settle();
    };
    const read = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n' || character === '\u0004') return finish(() => resolve(typed));
        if (character === '\u0003') return finish(() => reject(interrupted()));
        typed = character === '\u007F' || character === '\b' ? typed.slice(0, -1) : typed + character;
      }
    };
    terminal.on('data', read);
  });
}

function interrupted(): UsageFailure {
  return new UsageFailure('interrupted', 'No password was given.', 'Start again.');
}
