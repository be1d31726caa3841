import type { Problem } from '../../system/errors.ts';

/** This machine has no OpenSSL. */
export function explainOpensslMissing(): Problem {
  return {
    code: 'openssl-not-installed',
    what: 'openssl is not installed, or not where programs usually are.',
    why: 'The setting chromaTls.certificate.engine asks for it.',
    next: 'Install it, or use the built-in engine, which needs no program.',
    action: 'useBuiltinEngine',
  };
}

/**
 * Why a version of OpenSSL cannot be used; undefined where it can.
 *
 * @param version what `openssl version` prints, such as `OpenSSL 1.1.1w  11 Sep 2023` or
 *   `LibreSSL 3.3.6`
 */
export function explainOldOpenssl(version: string): Problem | undefined {
  const [, product, number = ''] = /^(OpenSSL|LibreSSL) (\d+\.\d+\.\d+)/.exec(version) ?? [];
  // Other products may take the same commands, so they are tried.
  if (product === undefined) return undefined;
  const oldest = product === 'OpenSSL' ? '1.1.1' : '3.3.6';
  if (!isOlder(number, oldest)) return undefined;
  return {
    code: 'openssl-too-old',
    what: `${product} ${number} is too old to make the certificate.`,
    why: 'It takes OpenSSL 1.1.1 or LibreSSL 3.3.6, or newer.',
    next: 'Install a newer one, or use the built-in engine, which needs no program.',
    action: 'useBuiltinEngine',
  };
}

/** @param stderr what OpenSSL printed; it never prints a key */
export function explainOpensslFailure(stderr: string): Problem {
  return {
    code: 'openssl-failed',
    what: 'OpenSSL could not make the certificate.',
    why: pickReason(stderr),
    next: 'Use the built-in engine, which needs no program; the log has the whole answer.',
    action: 'useBuiltinEngine',
    details: stderr,
  };
}

/** OpenSSL's output ends in lines of error codes; the last line before them has the reason. */
function pickReason(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^[.+*-]+$/.test(line));
  const words = lines.filter((line) => !/^[\dA-F]+:error:/i.test(line));
  const reason = (words.at(-1) ?? lines.at(-1) ?? 'It gave no reason').trim();
  return /[.!?]$/.test(reason) ? reason : `${reason}.`;
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}
