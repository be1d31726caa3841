/** What a PEM block begins with. */
const ARMOUR = '-----BEGIN ';
/** Characters; a certificate of the smallest kind of key has some 400. */
const SHORTEST_RUN = 64;

/**
 * The text in a file: UTF-8, or UTF-16 as Windows PowerShell's `>` and Notepad write it. Other bytes
 * become a text without PEM.
 */
export function decodeText(content: Buffer): string {
  const mark = content.toString('hex', 0, 2);
  if (mark === 'fffe') return content.toString('utf16le', 2);
  if (mark === 'feff' && content.length % 2 === 0) {
    return Buffer.from(content.subarray(2)).swap16().toString('utf16le');
  }
  return content.toString('utf8').replace(/^\uFEFF/, '');
}

/** Whether a file is text, and not DER. */
export function isText(text: string): boolean {
  // Text has no control characters except white space, and no bytes outside UTF-8.
  return !/[^\P{Cc}\s]|\uFFFD/u.test(text);
}

/**
 * Undoes what JSON, an environment, a URL or a quotation does to a PEM text: `\n` and `\/` in two
 * characters, `\u002b`, `%0A`. PEM itself has none of these.
 */
export function unescapePem(text: string): string {
  // A run of backslashes is matched from its start only: from each of them would take hours.
  return unescapeUrl(text)
    .replace(/(?<!\\)\\+u([\da-f]{4})/gi, (_, code: string) =>
      String.fromCharCode(parseInt(code, 16)),
    )
    .replace(/(?<!\\)(?:(?:\\+r)?\\+n|\\+r)/g, '\n')
    .replaceAll('\\/', '/');
}

function unescapeUrl(text: string): string {
  if (!/-----BEGIN(%20|\+)/.test(text)) return text;
  return text
    .replace(/-----(?:BEGIN|END)\+[A-Z\d+]+-----/g, (all) => all.replaceAll('+', ' '))
    .replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

export function hasPem(text: string): boolean {
  return text.includes(ARMOUR) || /-----BEGIN(%20|\+)/.test(text);
}

/**
 * What a text without PEM may hold in Base64: itself as a whole, or every long value in it, as a
 * Kubernetes secret or the answer of a key vault has them.
 */
export function decodeBase64Runs(text: string): readonly Buffer[] {
  const whole = text.replace(/[\s"']/g, '');
  const runs = /^[\w+/-]+={0,2}$/.test(whole) ? [whole] : (text.match(/[\w+/-]{64,}={0,2}/g) ?? []);
  return runs
    .filter(({ length }) => length >= SHORTEST_RUN)
    .map((run) => Buffer.from(run, 'base64'));
}
