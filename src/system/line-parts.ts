import { StringDecoder } from 'node:string_decoder';

/** Characters after which a line is handed over before its end has come. */
const LONGEST_PART = 64 * 1024;

/**
 * Splits bytes into lines as they come. A very long line is handed over in parts, so that output
 * without line ends does not fill the memory.
 */
export class LineParts {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  /** The start of a line whose end is still to come. */
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** @param bytes UTF-8; a character may go on in the next ones */
  take(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line.replace(/\r$/, ''));
    if (this.#rest.length >= LONGEST_PART) this.#flush();
  }

  /** Hands over the last line, if it has no line end. */
  end(): void {
    this.#rest += this.#decoder.end();
    this.#flush();
  }

  #flush(): void {
    if (this.#rest !== '') this.#onLine(this.#rest);
    this.#rest = '';
  }
}
