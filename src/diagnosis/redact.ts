import { homedir } from 'node:os';
import { readOwnUser } from '../system/processes/own-user.ts';

/** What no report says. */
export interface Secrets {
  /** Such as a bearer token. */
  readonly values: readonly string[];
  readonly home: string;
  readonly user: string;
}

/** What must not be said of this user. */
export function findSecrets(values: readonly string[]): Secrets {
  return { values, home: homedir(), user: readOwnUser().name };
}

/** Shorter ones are parts of words. */
const SHORTEST = 3;

/**
 * A text that can be shown to anybody: without keys, tokens and passwords, the home folder and the
 * user's name. Pure.
 */
export function redact(text: string, { values, home, user }: Secrets): string {
  const hidden = values.filter((value) => value.length >= SHORTEST);
  const plain = hidden.reduce((rest, value) => rest.replaceAll(value, '…'), text);
  const homeless = home.length > 1 ? plain.replaceAll(home, '~') : plain;
  return (user.length < SHORTEST ? homeless : homeless.replaceAll(asWord(user), 'USER'))
    .replaceAll(/-----BEGIN [^-]*KEY-----[^]*?(-----END [^-]*-----|$)/g, '…')
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 …')
    .replaceAll(
      /\b(\w*(?:token|password|passphrase|secret|api_?key))(["']?\s*[:=]\s*)\S+/gi,
      '$1$2…',
    )
    .replaceAll(/\/\/[^/\s@]+:[^/\s@]+@/g, '//…@');
}

/** As a part of a path or of a container's name too, in whatever case a file system writes it. */
function asWord(user: string): RegExp {
  const literal = user.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${literal}(?![\p{L}\p{N}])`, 'giu');
}
