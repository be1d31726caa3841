import {
  debug,
  Disposable,
  MarkdownString,
  type DebugConfiguration,
  type ExtensionContext,
  type WorkspaceFolder,
} from 'vscode';
import { describeEnvironment } from '../../clients/environment.ts';
import { fingerprintOf } from '../../chroma/status/reduce-snapshot.ts';
import { findRunningToken } from '../../workspace/client-token.ts';
import { describeConnection } from '../../workspace/describe-connection.ts';
import { addToLaunch } from '../model/debug-environment.ts';
import type { ActiveFolder, Session } from './session.ts';

/** What a folder's programs get, once its setting says so. */
interface Given {
  readonly folder: WorkspaceFolder;
  readonly variables: Readonly<Record<string, string>>;
  readonly note: string;
}

/**
 * Has the terminals, tasks and debug sessions of the active folder verify its server by themselves, as
 * long as the setting says so and there is a certificate. VS Code shows it in each terminal, and forgets
 * it with the window.
 *
 * @param failed hears why it could not be found out
 */
export function provideEnvironment(
  session: Session,
  { environmentVariableCollection: everywhere }: ExtensionContext,
  failed: (error: unknown) => void,
): Disposable {
  let given: Given | undefined;
  let subject = '';
  let turn = Promise.resolve();
  const give = (wanted: Given | undefined): void => {
    if (JSON.stringify(wanted) === JSON.stringify(given)) return;
    if (given) everywhere.getScoped({ workspaceFolder: given.folder }).clear();
    given = wanted;
    if (!wanted) return;
    const collection = everywhere.getScoped({ workspaceFolder: wanted.folder });
    collection.persistent = false;
    collection.description = new MarkdownString(wanted.note);
    for (const [name, value] of Object.entries(wanted.variables)) collection.replace(name, value);
  };
  const update = (): void => {
    const { active } = session;
    const next = nameSubject(active);
    if (next === subject) return;
    subject = next;
    turn = turn.then(async () => {
      // By its turn it may be of another.
      if (next === subject) give(active && isWanted(active) ? await describe(active) : undefined);
    }, failed);
    turn.catch(failed);
  };
  update();
  return Disposable.from(
    session.onDidChange(update),
    debug.registerDebugConfigurationProvider('*', {
      resolveDebugConfiguration: (folder, launch: DebugConfiguration) =>
        given && (!folder || folder.uri.toString() === given.folder.uri.toString())
          ? addToLaunch(launch, given.variables)
          : launch,
    }),
    new Disposable(() => {
      give(undefined);
    }),
  );
}

function isWanted({ server: { snapshot } }: ActiveFolder): boolean {
  return (
    snapshot.settings?.settings.terminalEnvironment === true &&
    snapshot.certificate.kind === 'present'
  );
}

/** What the variables depend on: with another of it, they are worked out again. */
function nameSubject(active: ActiveFolder | undefined): string {
  if (!active || !isWanted(active)) return '';
  const { snapshot } = active.server;
  const { observation, settings, domain } = snapshot;
  return JSON.stringify([
    active.folder.uri.toString(),
    settings?.settings.certificatesFolder,
    settings?.settings.token,
    domain,
    fingerprintOf(snapshot),
    observation.kind === 'running' ? observation.server.id : observation.kind,
  ]);
}

async function describe({ folder, open }: ActiveFolder): Promise<Given> {
  const context = await open();
  const { variables, keptCertificates } = describeEnvironment(
    context.domain,
    await describeConnection(context),
    process.env,
    await findRunningToken(context),
  );
  const kept = keptCertificates === undefined ? '' : ' `NODE_EXTRA_CA_CERTS` stays as you have it.';
  const note = `Programs verify this folder’s Chroma server. The setting \`chromaTls.terminalEnvironment\` ends it.${kept}`;
  return { folder, variables, note };
}
