import { join } from 'node:path';
import * as v from 'valibot';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { readRecord, writeRecord } from '../../project/data-record.ts';

/** How a user proves to an ACME server that a name is theirs (RFC 8555, RFC 8737). */
const CHALLENGE = v.variant('type', [
  v.object({
    type: v.literal('http-01'),
    /** The port of a listener of our own: what reaches port 80 from outside has to reach it. */
    port: v.number(),
  }),
  v.object({
    type: v.literal('http-01-webroot'),
    /** Absolute path of the folder that a web server of the user serves. */
    webroot: v.string(),
  }),
  v.object({
    type: v.literal('tls-alpn-01'),
    /** What reaches port 443 from outside has to reach it. */
    port: v.number(),
  }),
  v.object({
    type: v.literal('dns-01'),
    /** Absolute path of a program that sets the record; without one the user is shown it. */
    hook: v.optional(v.string()),
  }),
]);
export type Challenge = v.InferOutput<typeof CHALLENGE>;

const ACME_SOURCE = v.object({
  kind: v.literal('acme'),
  /** URL of the directory. */
  directory: v.string(),
  /** PEM of the authorities that the directory's own TLS is verified with besides the public ones. */
  directoryRoots: v.optional(v.string()),
  email: v.optional(v.string()),
  /** DNS names, `*.` ones among them, and IP addresses. */
  names: v.array(v.string()),
  profile: v.optional(v.string()),
  challenge: CHALLENGE,
});

const CERTBOT_SOURCE = v.object({
  kind: v.literal('certbot'),
  /** Name of the lineage. */
  lineage: v.string(),
  /** Absolute path of the folder of its links, such as `/etc/letsencrypt/live/example.com`. */
  live: v.string(),
  /** PEM of the authorities that the directory, or the certificate, stands on besides the public ones. */
  directoryRoots: v.optional(v.string()),
});

const ACM_SOURCE = v.object({
  kind: v.literal('acm'),
  arn: v.string(),
  region: v.string(),
  profile: v.optional(v.string()),
  endpoint: v.optional(v.string()),
});

const SOURCE = v.variant('kind', [ACME_SOURCE, CERTBOT_SOURCE, ACM_SOURCE]);

export type AcmeSource = v.InferOutput<typeof ACME_SOURCE>;
export type CertbotSource = v.InferOutput<typeof CERTBOT_SOURCE>;
export type AcmSource = v.InferOutput<typeof ACM_SOURCE>;
/** Where a certificate that Chroma TLS fetched can be fetched again. */
export type CertificateSource = v.InferOutput<typeof SOURCE>;

const NOTE = v.object({
  /** Fingerprint (`AA:BB:…`) of the certificate that came from there. */
  fingerprint256: v.string(),
  source: SOURCE,
});
const RECORD = v.object({
  ...NOTE.entries,
  /** The one that is there until the other has taken its place. */
  former: v.exactOptional(NOTE),
});

/**
 * Where the certificate in the folder came from. A record about another certificate, from before a
 * generation, an import or a restore, counts as none.
 *
 * @param fingerprint256 of the certificate that is there now
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function readSource(
  workspace: string,
  fingerprint256: string,
): Promise<CertificateSource | undefined> {
  const notes = await readNotes(workspace);
  return notes.find((note) => note.fingerprint256 === fingerprint256)?.source;
}

/**
 * Where certificates of a workspace came from, whether they are still there or not.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function listSources(workspace: string): Promise<readonly CertificateSource[]> {
  return (await readNotes(workspace)).map(({ source }) => source);
}

async function readNotes(workspace: string): Promise<readonly v.InferOutput<typeof NOTE>[]> {
  const record = await readRecord(sourceFile(workspace), RECORD);
  return [record, record?.former].filter((note) => note !== undefined);
}

/**
 * Notes where a certificate came from that is about to take the place of another. Whichever of the two
 * is there after a crash, it is renewed.
 *
 * @param present fingerprint of the one that is there until then, if there is one
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function announceSource(
  workspace: string,
  fingerprint256: string,
  source: CertificateSource,
  present: string | undefined,
): Promise<void> {
  const former = present === undefined ? undefined : await readSource(workspace, present);
  await write(workspace, {
    fingerprint256,
    source,
    ...(present && former ? { former: { fingerprint256: present, source: former } } : {}),
  });
}

/** @throws ExplainedError `data-folder-not-usable` */
export async function writeSource(
  workspace: string,
  fingerprint256: string,
  source: CertificateSource,
): Promise<void> {
  await write(workspace, { fingerprint256, source });
}

async function write(workspace: string, record: v.InferOutput<typeof RECORD>): Promise<void> {
  await writeRecord(sourceFile(workspace), record);
}

/** Beside the authority's key: no repository can bring one along. */
export function sourceFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'certificate-source.json');
}
