import { dirname, join } from 'node:path';
import { sourceFile } from '../../certificates/public/certificate-source.ts';
import { needsNobody, nextAttempt } from '../../certificates/public/renewal-plan.ts';
import { renewalRecordFile } from '../../certificates/public/renewal-record.ts';
import type { Server } from '../../chroma/server/server.ts';
import type { Snapshot } from '../../chroma/status/snapshot.ts';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { explain, isCancellation, toProblem } from '../../system/errors.ts';
import type { Disposable } from '../../system/events.ts';
import { FilesWatch } from '../../system/files/files-watch.ts';
import { MomentTimer } from '../../system/moment-timer.ts';
import type { WorkspaceContext } from '../../workspace/context.ts';

/** Milliseconds until another attempt where the notes say that one is due as before. */
const DISTANCE = 60_000;
/** Milliseconds until another attempt where one failed without a note of it, as on a full disk. */
const PATIENCE = 3_600_000;

export interface RenewalsOptions {
  readonly server: Server;
  /** Resolves paths, settings and domain as they are now. */
  readonly open: () => Promise<WorkspaceContext>;
  readonly log: (line: string) => void;
}

/**
 * Renews the certificate of one folder by itself while a window has it open, where that takes no
 * question to a user. One timer waits for the moment; of several windows the first one renews, and
 * the others find nothing due. What certbot has renewed is taken when its files change.
 */
export class Renewals implements Disposable {
  readonly #options: RenewalsOptions;
  readonly #timer = new MomentTimer(() => {
    void this.#renew();
  });
  readonly #abort = new AbortController();
  readonly #facts: Disposable;
  #watches: readonly Disposable[] = [];
  /** What is watched for: another source has other files. */
  #watched = '';
  #isRenewing = false;
  /** Milliseconds since 1970. */
  #notBefore = 0;

  constructor(options: RenewalsOptions) {
    this.#options = options;
    this.#facts = options.server.onDidChange((snapshot) => {
      this.#arm(snapshot);
    });
  }

  dispose(): void {
    this.#abort.abort();
    this.#facts.dispose();
    this.#timer.dispose();
    for (const watch of this.#watches) watch.dispose();
  }

  #arm(snapshot: Snapshot): void {
    if (this.#isRenewing || this.#abort.signal.aborted) return;
    this.#watch(snapshot.renewal);
    const moment = momentOf(snapshot);
    this.#timer.set(moment === undefined ? undefined : Math.max(moment, this.#notBefore));
  }

  /** The notes, which a terminal or another window may change, and what certbot keeps. */
  #watch(renewal: Snapshot['renewal']): void {
    const key = renewal === undefined ? '' : JSON.stringify(renewal.source);
    if (key === this.#watched) return;
    this.#watched = key;
    for (const watch of this.#watches) watch.dispose();
    this.#watches = [];
    if (!renewal || !needsNobody(renewal.source)) return;
    const { server } = this.#options;
    const { workspace } = server.environment;
    const notes = [sourceFile(workspace), renewalRecordFile(workspace)];
    const reread = (): void => {
      server.refreshProject().catch(this.#logFailure);
    };
    this.#watches = [new FilesWatch(workspaceDataFolder(workspace), notes, reread)];
    if (renewal.source.kind !== 'certbot') return;
    const { live } = renewal.source;
    const files = ['fullchain.pem', 'privkey.pem'].map((name) => join(live, name));
    const take = (): void => {
      void this.#renew();
    };
    this.#watches = [...this.#watches, new FilesWatch(dirname(live), files, take)];
    // What it renewed before somebody watched.
    take();
  }

  async #renew(): Promise<void> {
    if (this.#isRenewing) return;
    const { server, open, log } = this.#options;
    const { signal } = this.#abort;
    this.#isRenewing = true;
    try {
      const context = await open();
      // Loaded only now: what renews brings libraries that nothing else needs.
      const { renew } = await import('../../workspace/public/renew.ts');
      const report = (step: string): void => {
        log(`Renewing the certificate: ${step}`);
      };
      const { kind, passedOn } = await renew(context, { force: false, signal, report });
      if (kind === 'renewed') log('The certificate was renewed.');
      if (passedOn) {
        const { describePassedOn } = await import('../../workspace/public/acm.ts');
        log(describePassedOn(passedOn));
      }
      const next = momentOf(server.snapshot) ?? Infinity;
      if (next <= Date.now()) this.#notBefore = Date.now() + DISTANCE;
    } catch (error) {
      this.#notBefore = Date.now() + PATIENCE;
      if (!isCancellation(error)) this.#logFailure(error);
    } finally {
      this.#isRenewing = false;
      this.#arm(server.snapshot);
    }
  }

  readonly #logFailure = (error: unknown): void => {
    this.#options.log(`The certificate was not renewed. ${explain(toProblem(error))}`);
  };
}

function momentOf({ certificate, renewal }: Snapshot): number | undefined {
  if (!renewal || certificate.kind !== 'present') return undefined;
  return nextAttempt(renewal.source, certificate.facts, renewal.record, Date.now());
}
