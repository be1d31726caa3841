import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Characters; a message of ours has some hundred. */
const LONGEST_LINE = 64 * 1024;

/**
 * Hands over the lines of a stream as they come. A stream that sends too long a line is destroyed,
 * so `close` follows.
 */
export function readBoundedLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) stream.destroy();
    for (const line of lines) onLine(line);
  });
}
