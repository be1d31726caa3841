import type { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../../certificates/inspect/certificate-state.ts';
import { renewCommand } from '../../certificates/public/certbot/certbot-commands.ts';
import { foldersOf, isOwn } from '../../certificates/public/certbot/certbot-folders.ts';
import { findCertbot } from '../../certificates/public/certbot/certbot-program.ts';
import { readLineage } from '../../certificates/public/certbot/lineages.ts';
import { writeRoots } from '../../certificates/public/certbot/roots-file.ts';
import { runCertbot } from '../../certificates/public/certbot/run-certbot.ts';
import type { CertbotSource } from '../../certificates/public/certificate-source.ts';
import { installContent } from './adopt-lineage.ts';
import type { Installed } from './install-issued.ts';
import type { RenewalTask } from './renewal-task.ts';

/**
 * Takes what certbot has renewed. Where it has nothing newer and only we know of the lineage, certbot
 * is asked to renew it, once half of the lifetime is over: it decides itself when it is time.
 *
 * @returns undefined where certbot has none newer
 * @throws ExplainedError those of certbot and of `installContent`; AbortError when the signal fires
 */
export async function renewFromCertbot(
  source: CertbotSource,
  { context, facts, force, mayAsk, signal, report }: RenewalTask,
): Promise<Installed | undefined> {
  const { lineage: name, live, directoryRoots } = source;
  const folders = foldersOf(live);
  const take = async (): Promise<Installed | undefined> => {
    const content = await readLineage({ name, live });
    return isNewer(content.leaf, facts)
      ? installContent(context, content, source, { signal })
      : undefined;
  };
  // Not after certbot was asked: while it runs a hook that leads here, it runs for nobody else.
  const taken = await take();
  const isWorthAsking = force || (mayAsk && isHalfOver(facts, Date.now()));
  if (taken || !isOwn(folders) || !isWorthAsking) return taken;
  const rootsFile = await writeRoots(context.workspace, directoryRoots);
  const certbot = await findCertbot();
  await runCertbot(renewCommand(certbot, { lineage: name, folders, rootsFile, force }), {
    signal,
    report,
  });
  return take();
}

/** What a user has gone back to by hand is not undone. */
function isNewer(leaf: X509Certificate, { fingerprint256, notBefore }: CertificateFacts): boolean {
  return leaf.fingerprint256 !== fingerprint256 && new Date(leaf.validFrom) >= notBefore;
}

function isHalfOver({ notBefore, notAfter }: CertificateFacts, now: number): boolean {
  return now >= (notBefore.getTime() + notAfter.getTime()) / 2;
}
