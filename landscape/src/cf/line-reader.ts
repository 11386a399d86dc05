import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Longer lines are cut into pieces, as Cloud Foundry's log agent does (about 60 KB). */
const LINE_LIMIT = 60_000;

/** Calls back for each line of the stream, for an unfinished last one too; resolves at the end of the stream. */
export async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (rest.length > LINE_LIMIT) {
      onLine(rest);
      rest = '';
    }
  });
  await new Promise<void>((resolve) => stream.once('close', resolve));
  rest += decoder.end();
  if (rest !== '') onLine(rest);
}
