import { constants, mkdtemp, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from '../../../system/processes/program.ts';
import { findProgram } from '../../../system/processes/program-path.ts';
import { isAccessible } from '../../../system/files/replace-file.ts';
import {
  fingerprintsIn,
  readOutput,
  type Change,
  type Entry,
  type Run,
  type Trial,
  type TrustStore,
} from './store.ts';

/** A Java, and the store its programs go by. */
export interface JavaHome {
  readonly keytool: string;
  readonly cacerts: string;
  readonly writable: boolean;
}

/**
 * The password that every Java's store has from its maker: no secret, only what `keytool` asks for.
 * It goes by the environment all the same, so that no list of processes shows a password.
 */
const STORE_PASSWORD = { CHROMA_TLS_JAVA_STOREPASS: 'changeit' } as const;

/** The Java of JAVA_HOME and the one on the PATH, each store once. */
export async function findJavaHomes(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly JavaHome[]> {
  const onPath = await findProgram('java', environment, platform);
  const homes = [
    environment['JAVA_HOME'],
    // Debian's and SDKMAN's are links to the program in its home.
    onPath === undefined ? undefined : dirname(dirname(await realpath(onPath))),
  ];
  const found = new Map<string, JavaHome>();
  for (const home of homes) {
    const java = home ? await readJavaHome(home, platform) : undefined;
    if (java && !found.has(java.cacerts)) found.set(java.cacerts, java);
  }
  return [...found.values()];
}

/** The store of a Java. */
export function javaStore(java: JavaHome): TrustStore {
  return {
    id: `java:${java.cacerts}`,
    name: 'Java',
    location: java.cacerts,
    users: 'all',
    needsRoot: !java.writable,
    takesLabels: true,
    read: (run) => readJava(java, run),
    accepts: (run, trial) => tryJava(java, run, trial),
    change: (change) => changeJava(java, change),
  };
}

/** Every certificate of a store as PEM, under `Alias name:`. */
function listAliases({ keytool, cacerts }: JavaHome): Command {
  return runKeytool(keytool, cacerts, '-list', '-rfc');
}

/** The entries of `keytool -list -rfc`. */
function parseAliases(output: string): readonly Entry[] {
  return output
    .split(/^Alias name: /m)
    .slice(1)
    .map((part) => ({
      label: part.slice(0, part.search(/\r?\n/)),
      fingerprints: fingerprintsIn(part),
      trusted: part.includes('trustedCertEntry'),
    }));
}

function changeJava({ keytool, cacerts }: JavaHome, { add, remove }: Change): readonly Command[] {
  return [
    ...remove.map(({ label }) => runKeytool(keytool, cacerts, '-delete', '-alias', label)),
    ...(add
      ? [
          runKeytool(
            keytool,
            cacerts,
            ...['-importcert', '-noprompt', '-alias', add.label, '-file', add.authority.file],
          ),
        ]
      : []),
  ];
}

async function readJava(java: JavaHome, run: Run): Promise<readonly Entry[]> {
  return parseAliases(await readOutput(run, listAliases(java), "Java's store"));
}

/**
 * Java's own store verifies what is imported into another one: what it trusts is taken without a
 * question, and a question gets no answer here, which means no.
 */
async function tryJava({ keytool }: JavaHome, run: Run, trial: Trial): Promise<boolean> {
  const other = join(await mkdtemp(join(trial.folder, 'java-')), 'trial.p12');
  const { stdout, stderr } = await run(
    runKeytool(
      keytool,
      other,
      ...['-importcert', '-trustcacerts', '-alias', 'trial', '-file', trial.file],
    ),
  );
  return (stdout + stderr).includes('was added to keystore');
}

function runKeytool(keytool: string, cacerts: string, ...args: readonly string[]): Command {
  return {
    program: keytool,
    args: [
      // What it prints is read here, so it must not be in the user's language.
      '-J-Duser.language=en',
      // It ends before its code is worth being optimized: without that it takes half the time.
      ...['-J-XX:+IgnoreUnrecognizedVMOptions', '-J-XX:TieredStopAtLevel=1'],
      ...args,
      ...['-keystore', cacerts, '-storepass:env', 'CHROMA_TLS_JAVA_STOREPASS'],
    ],
    env: STORE_PASSWORD,
  };
}

async function readJavaHome(
  home: string,
  platform: NodeJS.Platform,
): Promise<JavaHome | undefined> {
  const keytool = join(home, 'bin', platform === 'win32' ? 'keytool.exe' : 'keytool');
  // Java 8 has its runtime in a folder of its own.
  for (const location of ['lib/security/cacerts', 'jre/lib/security/cacerts']) {
    const cacerts = await realpath(join(home, location)).catch(() => undefined);
    if (cacerts === undefined || !(await isAccessible(keytool, constants.X_OK))) continue;
    return { keytool, cacerts, writable: await isAccessible(cacerts, constants.W_OK) };
  }
  return undefined;
}
