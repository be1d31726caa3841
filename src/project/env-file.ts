import { readFile, stat } from 'node:fs/promises';
import { replaceFile } from '../certificates/files.ts';
import { systemCode } from '../errors.ts';
import { DEFAULT_DOMAIN } from './domain.ts';

export const DOMAIN_KEY = 'CHROMA_DOMAIN';

/** A line that sets a key: what stands before the value, the value as written, what follows it. */
const LINE = (key: string): RegExp =>
  new RegExp(
    `^(\\uFEFF?[ \\t]*(?:export[ \\t]+)?${key}[ \\t]*=[ \\t]*)("(?:\\\\.|[^"\\\\\\r\\n])*"|'[^'\\r\\n]*'|\`[^\`\\r\\n]*\`|[^\\r\\n#]*?)([ \\t]*(?:#[^\\r\\n]*)?\\r?)$`,
    'gm',
  );

/** The value of a key as dotenv and Compose read it: the last of several lines counts. */
export function readEnvValue(text: string, key: string): string | undefined {
  const last = [...text.matchAll(LINE(key))].at(-1);
  return last && unquote(last[2] ?? '');
}

/**
 * Sets one key and changes nothing else: comments, order, quotes, `export`, line ends, a byte
 * order mark and the last line's missing newline stay. Every duplicate gets the value, because
 * not every reader takes the last one (a shell does; some parsers take the first).
 */
export function setEnvValue(text: string, key: string, value: string): string {
  if (LINE(key).test(text)) {
    return text.replace(LINE(key), (_, before: string, old: string, after: string) => {
      const quote = /^["'`]/.exec(old)?.[0] ?? '';
      return before + quote + value + quote + after;
    });
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text === '\uFEFF' || text.endsWith('\n') ? '' : newline;
  return `${text}${gap}${key}=${value}${newline}`;
}

/** `CHROMA_DOMAIN` of an env file; `localhost` where the file or the key is missing. */
export async function readDomain(envFile: string): Promise<string> {
  try {
    const value = readEnvValue(await readFile(envFile, 'utf8'), DOMAIN_KEY);
    return value === undefined || value === '' ? DEFAULT_DOMAIN : value;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return DEFAULT_DOMAIN;
    throw error;
  }
}

/** Writes `CHROMA_DOMAIN`, atomically and with the file's own mode (0644 for a new one). */
export async function writeDomain(envFile: string, domain: string): Promise<void> {
  const text = await readFile(envFile, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  });
  const mode = await stat(envFile).then(
    (facts) => facts.mode & 0o777,
    () => 0o644,
  );
  await replaceFile(envFile, setEnvValue(text, DOMAIN_KEY, domain), mode);
}

function unquote(written: string): string {
  const quoted = /^(["'`])(.*)\1$/s.exec(written);
  return quoted ? (quoted[2] ?? '') : written.trim();
}
