import { NAMES_FILE } from '../project/certificate-files.ts';
import type { TlsProxy } from './tls-proxy.ts';

/**
 * What a client asks for that calls the server by a host name and not by an address, as a regular
 * expression of nginx and RE2. The names themselves are not listed: they change with the certificate,
 * and a name that neither certificate has is refused with either.
 */
export const HOST_NAME = '[^:]*[A-Za-z][^:]*';

/**
 * For a shell: whether the certificate for host names alone belongs to the one beside it. Its first line
 * is the checksum of that one. Only an ordinary file is read: another might never end.
 */
export function belongsByChecksum({ certificates }: Pick<TlsProxy, 'certificates'>): string {
  return `(cd ${certificates} && [ -f ${NAMES_FILE} ] && [ -r ${NAMES_FILE} ] && [ "$(head -n 1 ${NAMES_FILE})" = "$(sha256sum servercert.pem)" ])`;
}

/**
 * For a shell: has a file of a configuration name the ordinary certificate in both places, where there
 * is none for host names alone: a proxy does not start without a file that it is told of.
 */
export function chooseNames(proxy: Pick<TlsProxy, 'certificates'>, file: string): string {
  return `(${belongsByChecksum(proxy)} || ${useOrdinary(file)})`;
}

/** The same, whatever there is. */
export function useOrdinary(file: string): string {
  return `sed -i s/${NAMES_FILE}/servercert.pem/ ${file}`;
}

/** The variable of a container that has its commands to choose between the certificates. */
export const CHOICE_VARIABLE = 'CHROMA_TLS_CHOICE';

/**
 * The program in a container, with its arguments, that chooses again after the certificates have
 * changed. It does nothing in a container of somebody else's, or of an earlier version.
 */
export const CHOOSE_AGAIN = [
  'sh',
  '-c',
  `[ -z "$${CHOICE_VARIABLE}" ] || sh -c "$${CHOICE_VARIABLE}"`,
];
