/**
 * The image that the cookbook's page makes certificates with, by its full name: for a short one
 * Podman asks which registry is meant.
 */
export const OPENSSL_IMAGE = 'docker.io/openquantumsafe/openssl3';

/** Shows in `docker ps` whose container it is. Servers have another label. */
const ISSUING_LABEL = 'chroma-tls.issuing';

/** Where OpenSSL works in the container: in memory, so that no key reaches a disk of the engine. */
const FOLDER = '/work';
/**
 * Seconds after which a container ends by itself if its window died. Making a certificate takes a
 * few.
 */
const LIFETIME = 600;

/**
 * `docker run` for a container that waits, reaches nothing, and is gone when it ends. Nothing of
 * this machine is mounted: files go in and out by the engine's own channel, so they are never
 * owned by root, and snaps and SELinux need nothing special. An engine on another machine would get
 * the authority's key that way, and is refused.
 */
export function runnerArgs(workspaceId: string): readonly string[] {
  return [
    'run',
    '--detach',
    '--rm',
    '--label',
    `${ISSUING_LABEL}=${workspaceId}`,
    '--network',
    'none',
    '--read-only',
    '--tmpfs',
    FOLDER,
    '--workdir',
    FOLDER,
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges',
    // Process 1 ignores other signals, and Podman would wait ten seconds for it.
    '--stop-signal',
    'SIGKILL',
    '--entrypoint',
    'sleep',
    OPENSSL_IMAGE,
    String(LIFETIME),
  ];
}

/** `docker exec` that writes what comes on its standard input into a file. */
export function putArgs(container: string, file: string): readonly string[] {
  // The script is constant; the file's name is an argument to it.
  const script = 'umask 077 && cat > "$1"';
  return ['exec', '--interactive', container, 'sh', '-c', script, 'sh', file];
}

/** `docker exec` that prints a file. */
export function takeArgs(container: string, file: string): readonly string[] {
  return ['exec', container, 'cat', file];
}

/** `docker exec` for OpenSSL itself. */
export function opensslArgs(
  container: string,
  config: string,
  args: readonly string[],
): readonly string[] {
  const env = `OPENSSL_CONF=${FOLDER}/${config}`;
  return ['exec', '--env', env, container, 'openssl', ...args];
}

/** Ends the container and takes it away, whatever runs in it. */
export function removeArgs(container: string): readonly string[] {
  return ['rm', '--force', container];
}
