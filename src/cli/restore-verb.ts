import { listBackups, type Backup } from '../certificates/folder/backups.ts';
import { describeExpiry } from '../certificates/inspect/expiry.ts';
import { explainLocked } from '../certificates/encoding/key-file.ts';
import { explainNotWhole, restoreBackup } from '../certificates/restore.ts';
import { adviseReload, isExternal } from '../chroma/status/status.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { say, type CliContext } from './verbs.ts';

/** Brings a backup of the certificate back, or lists what there is. */
export async function restore(context: CliContext): Promise<number> {
  const { workspace, settings, server, options, keyPassphrase } = context;
  const folder = await resolveInWorkspace(workspace, settings.certificatesFolder);
  if (options.list) {
    const backups = await listBackups(folder);
    if (backups.length === 0) say('There is no backup yet.');
    for (const backup of backups) say(describeBackup(backup, Date.now()));
    return 0;
  }
  const { files, facts, backup } = await restoreBackup({
    workspace,
    folder,
    backup: options.backup,
    known: () => keyPassphrase(workspace),
    ask: ({ file }) =>
      Promise.reject(explainLocked(`${file} has a passphrase that is not known here.`)),
  });
  // A server that runs goes on with it, where its proxy can take a new certificate.
  await server.refreshProject();
  await server.observe();
  const isServed = await server.renewCertificate();
  const until = facts.notAfter.toISOString().slice(0, 10);
  say(`Restored ${files.certificate}`);
  say(`  good for ${facts.names.join(', ')}`);
  say(`  until    ${until} (${describeExpiry(facts.notAfter, Date.now())})`);
  const { observation } = server.snapshot;
  if (!isServed && observation.kind === 'running' && !isExternal(server.snapshot)) {
    say(`The server that runs still serves the one before. ${adviseReload(observation.server)}`);
  }
  if (backup !== undefined) {
    say(`What was there before is in ${backup}: chroma-tls restore brings it back.`);
  }
  return 0;
}

/** A backup in a line. Pure. */
function describeBackup(backup: Backup, now: number): string {
  const { name, state } = backup;
  const why = explainNotWhole(backup);
  if (state.kind !== 'present') return `${name}  cannot be brought back. ${why ?? ''}`.trim();
  const { names, issuerName, selfSigned, notAfter } = state.facts;
  const issuer = selfSigned ? 'itself' : issuerName;
  return `${name}  ${names.join(', ')}; signed by ${issuer}; ${describeExpiry(notAfter, now)}`;
}
