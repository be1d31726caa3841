import { lstat, open, realpath, stat } from 'node:fs/promises';
import { replaceFile } from '../system/files/replace-file.ts';
import { ExplainedError, sayWhy, systemCode } from '../system/errors.ts';
import { describeFailure } from '../system/failures.ts';
import { readFileOrPipe } from '../system/files/small-file.ts';
import { DEFAULT_DOMAIN, parseServerName } from './domain.ts';

export const DOMAIN_KEY = 'CHROMA_DOMAIN';

/** Where the value of a `KEY=value` stands in an env file, its quotes included. */
interface WrittenValue {
  readonly start: number;
  readonly end: number;
}

// dotenv's grammar: a quoted value may span lines if nothing but a comment follows its quote;
// failing that, what looks like a quote is part of a plain value.
const HEAD = /[ \t\f\v]*(?:export[ \t\f\v]+)?([\w.-]+)(?:[ \t\f\v]*=|:(?=[ \t\f\v]))/y;
const QUOTED =
  /[ \t\f\v]*('(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)(?=[ \t\f\v]*(?:#[^\r\n]*)?(?:[\r\n]|$))/y;
const PLAIN = /[ \t\f\v]*([^#\r\n]*)/y;
const LINE_END = /\r\n|\r|\n|$/g;

/**
 * The value of a key, as dotenv reads it; undefined where nothing sets it. The last of several lines
 * counts, as it does for dotenv, `util.parseEnv`, Docker Compose and a shell.
 */
export function readEnvValue(text: string, key: string): string | undefined {
  const last = findValues(text, key).at(-1);
  return last && unquote(text.slice(last.start, last.end));
}

/**
 * Sets one key and changes nothing else: comments, order, quotes, `export`, line ends, a byte
 * order mark and a missing newline at the end stay. A new key gets a line at the end.
 *
 * Every line that sets the key gets the value, because not every reader takes the last one
 * (phpdotenv takes the first). A comment that touches the value is set off by a space: for Compose
 * and a shell `a#b` is a value, for dotenv it is `a` and a comment.
 *
 * @param value what needs no escaping in any of the readers' grammars, such as a server name
 * @throws RangeError for any other value
 */
export function setEnvValue(text: string, key: string, value: string): string {
  if (!/^[\w.*:[\]/@%+,-]*$/.test(value)) {
    throw new RangeError(`${JSON.stringify(value)} would need escaping in an env file.`);
  }
  const values = findValues(text, key);
  if (values.length === 0) return appendLine(text, `${key}=${value}`);
  let result = '';
  let done = 0;
  for (const { start, end } of values) {
    const [quote] = /^(["'`])(?=[^]*\1$)/.exec(text.slice(start, end)) ?? [''];
    const gap = quote === '' && text[end] === '#' ? ' ' : '';
    result += text.slice(done, start) + quote + value + quote + gap;
    done = end;
  }
  return result + text.slice(done);
}

/**
 * `CHROMA_DOMAIN` of an env file as written; `localhost` where the file or the key is missing.
 *
 * @throws ExplainedError `env-not-readable`
 */
export async function readDomain(envFile: string): Promise<string> {
  return (await findDomain(envFile)) ?? DEFAULT_DOMAIN;
}

/**
 * `CHROMA_DOMAIN` as a user set it; undefined where no line sets it.
 *
 * @throws ExplainedError `env-not-readable`
 */
export async function findDomain(envFile: string): Promise<string | undefined> {
  const value = await readFromEnvFile(envFile, DOMAIN_KEY);
  return value === '' ? undefined : value;
}

/**
 * Writes `CHROMA_DOMAIN` (see `writeToEnvFile`).
 *
 * @throws ExplainedError `invalid-name`, `outside-workspace`, `env-not-readable`,
 *   `env-not-writable`
 */
export async function writeDomain(envFile: string, domain: string): Promise<void> {
  await writeToEnvFile(envFile, DOMAIN_KEY, parseServerName(domain).value);
}

/**
 * The value of a key; undefined where the file or the key is missing.
 *
 * @throws ExplainedError `env-not-readable`
 */
export async function readFromEnvFile(envFile: string, key: string): Promise<string | undefined> {
  const bytes = await readBytes(envFile);
  return bytes && readEnvValue(decode(bytes).text, key);
}

/**
 * Sets one key, atomically, keeping the file's mode (0600 for a new one, since such files
 * will hold secrets) and its encoding. A link stays a link: what it leads to is written.
 *
 * @param isSecret takes the file from everybody but its owner
 * @param envFile out of `resolveInWorkspace`, which lets no link lead out of the workspace
 * @throws ExplainedError `outside-workspace`, `env-not-readable`, `env-not-writable`; RangeError
 *   for a value that would need escaping (see `setEnvValue`)
 */
export async function writeToEnvFile(
  envFile: string,
  key: string,
  value: string,
  isSecret = false,
): Promise<void> {
  const file = await followLink(envFile);
  await refusePipe(file);
  const { text, encoding } = decode((await readBytes(file)) ?? Buffer.alloc(0));
  const changed = setEnvValue(text, key, value);
  if (changed === text) return;
  try {
    // A rename needs no right to the file itself, but a user who made it read-only meant that.
    const mode = await stat(file).then(async (facts) => {
      await (await open(file, 'r+')).close();
      return facts.mode & (isSecret ? 0o700 : 0o777);
    }, isMissing);
    await replaceFile(file, Buffer.from(changed, encoding), mode ?? 0o600);
  } catch (error) {
    throw explainFile('env-not-writable', `${envFile} could not be written.`, error);
  }
}

function findValues(text: string, key: string): readonly WrittenValue[] {
  const found: WrittenValue[] = [];
  // A byte order mark, decoded or as Latin-1.
  let position = /^(?:\uFEFF|\xEF\xBB\xBF)?/.exec(text)?.[0].length ?? 0;
  while (position < text.length) {
    const head = matchAt(HEAD, text, position);
    if (head) {
      const afterHead = position + head[0].length;
      const value = matchAt(QUOTED, text, afterHead) ?? matchAt(PLAIN, text, afterHead);
      const written = value?.[1]?.trimEnd() ?? '';
      position = afterHead + (value?.[0].length ?? 0);
      // With no value the blanks may belong to a comment: the value then goes right after the `=`.
      const start = written === '' ? afterHead : position - (value?.[1]?.length ?? 0);
      if (head[1] === key) found.push({ start, end: start + written.length });
    }
    LINE_END.lastIndex = position;
    const lineEnd = LINE_END.exec(text);
    position = lineEnd?.[0] ? lineEnd.index + lineEnd[0].length : text.length;
  }
  return found;
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

function unquote(written: string): string {
  const [, quote, inner = ''] = /^(["'`])([^]*)\1$/.exec(written) ?? [];
  if (quote === undefined) return written.trim();
  return quote === '"' ? inner.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : inner;
}

function appendLine(text: string, line: string): string {
  const newline = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  if (/^(?:\uFEFF|\xEF\xBB\xBF)?$/.test(text)) return text + line + newline;
  return /[\r\n]$/.test(text) ? text + line + newline : text + newline + line;
}

/** Text that encodes back to the very same bytes, also where a file is not UTF-8. */
function decode(bytes: Buffer): { text: string; encoding: 'utf8' | 'latin1' } {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes)
    ? { text, encoding: 'utf8' }
    : { text: bytes.toString('latin1'), encoding: 'latin1' };
}

async function readBytes(file: string): Promise<Buffer | undefined> {
  const bytes = await readFileOrPipe(file).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw explainFile('env-not-readable', `${file} could not be read.`, error);
  });
  if (bytes && ['\xFF\xFE', '\xFE\xFF'].includes(bytes.toString('latin1', 0, 2))) {
    throw new ExplainedError({
      code: 'env-not-readable',
      what: `${file} could not be read.`,
      why: 'It is in UTF-16, which no reader of such files understands.',
      next: 'Save it as UTF-8.',
    });
  }
  return bytes;
}

/** The file behind a link. A link that leads nowhere could lead out of the workspace. */
async function followLink(envFile: string): Promise<string> {
  const facts = await lstat(envFile).catch(isMissing);
  if (!facts?.isSymbolicLink()) return envFile;
  return realpath(envFile).catch((error: unknown) => {
    throw explainFile('outside-workspace', `${envFile} is a link that leads nowhere.`, error);
  });
}

function isMissing(error: unknown): undefined {
  if (systemCode(error) !== 'ENOENT') throw error;
}

/** A program serves a pipe; a file in its place would cut that program off. */
async function refusePipe(file: string): Promise<void> {
  const facts = await stat(file).catch(isMissing);
  if (!facts || facts.isFile() || facts.isDirectory()) return;
  throw new ExplainedError({
    code: 'env-not-writable',
    what: `${file} is not an ordinary file, so it was not changed.`,
    why: 'It is a pipe of another program, such as a secret manager, or a device.',
    next: 'Change the value in that program, or name an ordinary file in chromaTls.envFile.',
    action: 'openSettings',
  });
}

function explainFile(code: string, what: string, error: unknown): ExplainedError {
  if (error instanceof ExplainedError) {
    const { what: why, ...rest } = error.problem;
    const reasons = [why, rest.why].filter(Boolean).join(' ');
    return new ExplainedError({ ...rest, code, what, why: reasons });
  }
  const next = describeFailure(systemCode(error))?.next ?? 'Correct that, then try again.';
  return new ExplainedError({ code, what, why: sayWhy(error), next }, error);
}
