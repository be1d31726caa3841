/** What a TLS client says before anything is encrypted. */
export interface ClientHello {
  /** The host name that it asks for (SNI, RFC 6066), in lower case. */
  readonly serverName?: string;
  /** The protocols that it offers (ALPN, RFC 7301), in its order. */
  readonly protocols: readonly string[];
}

/** Bytes; OpenSSL itself takes no longer one. */
const LONGEST_HELLO = 131_396;

/** Of RFC 8446: a record of the handshake, and the handshake's first message. */
const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const PROTOCOLS = 16;

/**
 * Reads the first message of a TLS connection (RFC 8446, section 4.1.2), which may come in several
 * records. Pure.
 *
 * @param bytes what has come so far
 * @returns `incomplete` where more has to come; undefined where it is another message
 */
export function readClientHello(bytes: Uint8Array): ClientHello | 'incomplete' | undefined {
  try {
    const message = joinRecords(new Reader(bytes));
    if (message === 'incomplete') return 'incomplete';
    return message && readMessage(message);
  } catch (error) {
    if (error instanceof ShortError) return undefined;
    throw error;
  }
}

/** The message's content, out of as many records as it takes. */
function joinRecords(records: Reader): Reader | 'incomplete' | undefined {
  const parts: Uint8Array[] = [];
  let has = 0;
  for (;;) {
    // The message's own head says how long it is, and may itself be divided.
    const head = new Reader(Buffer.concat(parts));
    if (has >= 4) {
      if (head.number(1) !== CLIENT_HELLO) return undefined;
      const length = head.number(3);
      if (length > LONGEST_HELLO) return undefined;
      if (has - 4 >= length) return new Reader(head.bytes(length));
    }
    if (records.left > 0 && records.peek() !== HANDSHAKE_RECORD) return undefined;
    if (records.left < 5) return 'incomplete';
    records.bytes(3);
    const length = records.number(2);
    // A record of nothing could come for ever.
    if (length === 0) return undefined;
    if (records.left < length) return 'incomplete';
    parts.push(records.bytes(length));
    has += length;
  }
}

function readMessage(message: Reader): ClientHello {
  // Version and random.
  message.bytes(2 + 32);
  // The session's identifier, cipher suites, compression methods.
  message.vector(1);
  message.vector(2);
  message.vector(1);
  let serverName: string | undefined;
  let protocols: readonly string[] = [];
  // TLS 1.2 lets a client have no extensions at all.
  const extensions = message.left > 0 ? message.vector(2) : new Reader(new Uint8Array());
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (type === SERVER_NAME) serverName = readServerName(content);
    if (type === PROTOCOLS) protocols = readProtocols(content);
  }
  return { ...(serverName === undefined ? {} : { serverName }), protocols };
}

function readServerName(content: Reader): string | undefined {
  const names = content.vector(2);
  while (names.left > 0) {
    const isHost = names.number(1) === 0;
    const name = names.vector(2).text();
    if (isHost) return name.toLowerCase();
  }
  return undefined;
}

function readProtocols(content: Reader): readonly string[] {
  const list = content.vector(2);
  const protocols: string[] = [];
  while (list.left > 0) protocols.push(list.vector(1).text());
  return protocols;
}

/** Something says that it is longer than it is. */
class ShortError extends Error {}

/** Goes through bytes as RFC 8446 section 3 lays them out. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  bytes(count: number): Buffer {
    if (count > this.left) throw new ShortError();
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  number(width: number): number {
    return this.bytes(width).readUIntBE(0, width);
  }

  /** What follows its own length. */
  vector(width: number): Reader {
    return new Reader(this.bytes(this.number(width)));
  }

  text(): string {
    return this.#bytes.toString('latin1');
  }
}
