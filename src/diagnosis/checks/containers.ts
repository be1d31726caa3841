import { array, exactOptional, nullable, object, pipe, readonly, string } from 'valibot';
import { listAuthorities } from '../../certificates/authorities/known-authorities.ts';
import { parseCertificates } from '../../certificates/encoding/pem-certificates.ts';
import { inspectFurther, listRunning } from '../../containers/container-queries.ts';
import type { InspectedContainer } from '../../containers/inspected-container.ts';
import { LABELS } from '../../chroma/runtimes/container-labels.ts';
import { Engine } from '../../containers/engine.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import type { Problem } from '../../system/errors.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { judge, skipped, type Check, type Subject } from '../check.ts';

const QUESTION = {
  templates: { Env: '{{json .Config.Env}}' },
  form: object({ Env: exactOptional(nullable(pipe(array(string()), readonly()))) }),
};
type Inspected = InspectedContainer & { readonly Env?: readonly string[] | null };

/** What tells clients in a container whom to trust. */
const VARIABLES =
  /^(CHROMA_SERVER_SSL_VERIFY|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)=(\/.+)$/;

/** Milliseconds for one container, and how many are asked. */
const LIMIT = 2000;
const MOST = 8;
/** Of a file in a container. */
const MOST_BYTES = String(1024 * 1024);

/**
 * The containers of this folder: none goes by a former authority. A file that is mounted by itself stays
 * the old one when it is replaced, and so does a copy.
 */
export const CONTAINERS: Check = {
  id: 'containers',
  after: ['engine'],
  look: async (subject) => {
    const { engine: asked, settings, certificatesFolder, workspace, signal } = subject;
    if (!(await asked)?.available) return skipped('There is no container engine to ask.');
    const [ca] = parseCertificates(
      (await readIfThere(certificateFiles(certificatesFolder).ca).catch(() => '')) ?? '',
    );
    if (!ca) return skipped('There is no authority in ca.pem to compare with.');
    const engine = new Engine(settings.containerCommand);
    const ids = await listRunning(engine, signal);
    const running = await inspectFurther(engine, ids, QUESTION, signal);
    const own = running.filter((one) => isOfFolder(one, workspace)).slice(0, MOST);
    if (own.length === 0) return skipped('No other container of this folder runs.');
    const made = await Promise.all([
      listAuthorities(workspace, 'made'),
      listAuthorities(workspace, 'accepted'),
    ]);
    const former = new Set(made.flat().map(({ certificate }) => certificate.fingerprint256));
    former.delete(ca.fingerprint256);
    const stale = await Promise.all(
      own.map((one) => findStale(engine, one, former, ca.fingerprint256, subject)),
    );
    return judge(stale.flat(), `${own.map(nameOf).join(', ')}: no former authority`);
  },
};

/** By what is mounted into it, or by who made it: Compose or a dev container of this folder. */
function isOfFolder({ Mounts, Labels }: Inspected, workspace: string): boolean {
  if (Labels?.[LABELS.workspace] !== undefined) return false;
  const folders = [
    Labels?.['com.docker.compose.project.working_dir'],
    Labels?.['devcontainer.local_folder'],
  ];
  return (
    folders.includes(workspace) ||
    (Mounts ?? []).some(
      ({ Source = '' }) => Source === workspace || Source.startsWith(`${workspace}/`),
    )
  );
}

async function findStale(
  engine: Engine,
  container: Inspected,
  former: ReadonlySet<string>,
  current: string,
  { certificatesFolder, signal }: Subject,
): Promise<readonly Problem[]> {
  const { ca, certificate } = certificateFiles(certificatesFolder);
  const mounted = (container.Mounts ?? []).flatMap(({ Source, Destination }) => {
    if (Source === certificatesFolder) return [`${Destination}/ca.pem`];
    return Source === ca || Source === certificate ? [Destination] : [];
  });
  const named = (container.Env ?? []).flatMap((line) => VARIABLES.exec(line)?.[2] ?? []);
  for (const path of new Set([...mounted, ...named])) {
    // So much at most: it may be a device that has no end.
    const ask = ['exec', container.Id, 'head', '-c', MOST_BYTES, '--', path];
    const { exitCode, stdout } = await engine.run(ask, signal, LIMIT);
    if (exitCode !== 0) continue;
    const found = parseCertificates(stdout).map(({ fingerprint256 }) => fingerprint256);
    if (found.includes(current) || !found.some((one) => former.has(one))) continue;
    return [
      {
        code: 'container-authority-stale',
        what: `The container ${nameOf(container)} goes by a former authority, in ${path}.`,
        why: 'A file that is mounted by itself, or copied, stays the old one when ca.pem is replaced.',
        next: 'Restart that container, or copy ca.pem into it again.',
      },
    ];
  }
  return [];
}

function nameOf({ Name }: Inspected): string {
  return Name.replace(/^\//, '');
}
