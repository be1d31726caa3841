import { unescapePem } from './pasted-text.ts';

const BOUNDARY = /-----(BEGIN|END) ([A-Z\d ]+)-----/g;
/** RFC 1421 section 4.6: the headers of OpenSSL's old form of encryption. */
const ENCRYPTION = /Proc-Type:\s*4,\s*ENCRYPTED\s+DEK-Info:\s*([\w-]+),\s*([\da-f]+)/i;
/** Any other header, as some programs put a comment there. */
const HEADER = /^[A-Z][\w-]*: .*$/gim;
/** What quotations, lists and program texts leave at the ends of lines. */
const QUOTATION = /[\s"'`>|,;\\]+/g;

/** A block of PEM. */
export interface Block {
  /** What stands after `BEGIN`. */
  readonly label: string;
  /** Its content; undefined where that is damaged. */
  readonly der: Buffer | undefined;
  /** The whole block in its proper form. */
  readonly pem: string;
  /** Whether it is encrypted in OpenSSL's old form, which says so in headers. */
  readonly hasCipher: boolean;
  /** The line in which it begins, from 1. */
  readonly line: number;
}

/** A block that begins and never ends, or ends and never began. */
export interface CutBlock {
  readonly label: string;
  readonly lacks: 'BEGIN' | 'END';
  /** The line of the boundary that is there. */
  readonly line: number;
}

/** What a PEM text holds, in its order. */
export interface PemText {
  readonly blocks: readonly Block[];
  readonly cut: readonly CutBlock[];
}

/**
 * The blocks of a PEM text, also where its lines were indented (YAML), joined, quoted or written with
 * `\n` in two characters. Reads the text once, also where a block never ends.
 */
export function findBlocks(pasted: string): PemText {
  const text = unescapePem(pasted);
  const blocks: Block[] = [];
  const cut: CutBlock[] = [];
  const lineAt = countLines(text);
  let open: { readonly label: string; readonly line: number; readonly start: number } | undefined;
  for (const { 0: boundary, 1: kind, 2: label = '', index } of text.matchAll(BOUNDARY)) {
    const line = lineAt(index);
    if (open && (kind === 'BEGIN' || open.label !== label)) {
      cut.push({ label: open.label, lacks: 'END', line: open.line });
      open = undefined;
    }
    if (kind === 'BEGIN') open = { label, line, start: index + boundary.length };
    else if (open) {
      blocks.push(readPemBlock(label, text.slice(open.start, index), open.line));
      open = undefined;
    } else if (cut.at(-1)?.lacks !== 'END' || cut.at(-1)?.label !== label) {
      cut.push({ label, lacks: 'BEGIN', line });
    }
  }
  if (open) cut.push({ label: open.label, lacks: 'END', line: open.line });
  return { blocks, cut };
}

/** What is wrong with a block that is cut off, as a sentence. */
export function describeCut({ label, lacks, line }: CutBlock): string {
  return lacks === 'END'
    ? `Its block ${label} of line ${line} is cut off: it has no line "-----END ${label}-----".`
    : `Its block ${label} that ends in line ${line} is cut off: it has no line "-----BEGIN ${label}-----".`;
}

function readPemBlock(label: string, body: string, line: number): Block {
  const [, cipher, iv] = ENCRYPTION.exec(body) ?? [];
  const base64 = body.replace(ENCRYPTION, '').replace(HEADER, '').replace(QUOTATION, '');
  const isWhole = /^[A-Za-z\d+/]+={0,2}$/.test(base64) && base64.length % 4 !== 1;
  const headers =
    cipher === undefined || iv === undefined
      ? []
      : ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${cipher},${iv}`, ''];
  return {
    label,
    line,
    der: isWhole ? Buffer.from(base64, 'base64') : undefined,
    hasCipher: headers.length > 0,
    pem: [
      `-----BEGIN ${label}-----`,
      ...headers,
      ...(base64.match(/.{1,64}/g) ?? []),
      `-----END ${label}-----`,
      '',
    ].join('\n'),
  };
}

/** The line of an offset, from 1. Call it with growing offsets. */
function countLines(text: string): (offset: number) => number {
  let [line, seen] = [1, 0];
  return (offset) => {
    for (let at = text.indexOf('\n', seen); at >= 0 && at < offset; at = text.indexOf('\n', seen)) {
      line += 1;
      seen = at + 1;
    }
    return line;
  };
}
