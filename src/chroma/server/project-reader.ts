import { setTimeout as pause } from 'node:timers/promises';
import { findRenewalSource } from '../../certificates/public/renewal-source.ts';
import { readRenewal } from '../../certificates/public/renewal-record.ts';
import { inspectCertificate } from '../../certificates/inspect/inspect.ts';
import type { CertificateState } from '../../certificates/inspect/certificate-state.ts';
import { isCertificateBusy } from '../../certificates/folder/certificate-lock.ts';
import type { KeyPassphrase } from '../../certificates/encoding/passphrase.ts';
import { addTrackedKeys, rememberTrackedKeys } from '../../certificates/folder/tracked-keys.ts';
import { readDomain } from '../../project/env-file.ts';
import { rememberSettings, type UsableSettings, type Settings } from '../../project/settings.ts';
import { locateProject } from '../../project/project-paths.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import type { KnownRenewal } from '../status/snapshot.ts';

/** What a folder says of its server. */
export interface Project {
  readonly settings: UsableSettings;
  readonly domain: string;
  readonly certificate: CertificateState;
  readonly renewal?: KnownRenewal;
}

/** How often, and how many milliseconds apart, a pair that is being replaced is read again. */
const MOST_READINGS = 25;
const SETTLE = 200;

/** Reads the settings, the env file and the certificate of one folder, for looking at its server. */
export class ProjectReader {
  readonly #workspace: string;
  readonly #keyPassphrase: KeyPassphrase;
  readonly #usableSettings: () => UsableSettings;
  readonly #findTrackedKeys = rememberTrackedKeys();
  /** The fingerprints of the last certificate that was whole, and of the one for host names alone. */
  #lastWhole: string | undefined;

  constructor(options: {
    readonly workspace: string;
    readonly readSettings: () => Settings;
    readonly keyPassphrase: KeyPassphrase;
  }) {
    this.#workspace = options.workspace;
    this.#keyPassphrase = options.keyPassphrase;
    this.#usableSettings = rememberSettings(options.readSettings);
  }

  /** The settings to look with; a start takes none that cannot be. */
  get settings(): Settings {
    return this.#usableSettings().settings;
  }

  /** @throws ExplainedError `outside-workspace`; the absolute path of the certificates folder */
  certificatesFolder(): Promise<string> {
    return resolveInWorkspace(this.#workspace, this.settings.certificatesFolder);
  }

  /**
   * @returns also whether another certificate lies in the folder than the last whole one
   * @throws ExplainedError where a path leads out of the workspace, or the env file cannot be read
   */
  async read(): Promise<{ readonly project: Project; readonly isReplaced: boolean }> {
    const usable = this.#usableSettings();
    const paths = await locateProject(this.#workspace, usable.settings);
    const domain = await readDomain(paths.envFile);
    const folder = paths.certificatesFolder;
    const certificate = await this.#inspect(folder, domain);
    const tracked = certificate.kind === 'none' ? [] : await this.#findTrackedKeys(folder);
    // Where the user's data folder cannot be read, whatever has to write in there says so.
    const renewal = await this.#readRenewal(folder, certificate).catch(() => undefined);
    const isReplaced = this.#isOther(certificate);
    this.#lastWhole = fingerprintsOf(certificate) ?? this.#lastWhole;
    return {
      project: {
        settings: usable,
        domain,
        certificate: addTrackedKeys(certificate, tracked, { workspace: this.#workspace, folder }),
        ...(renewal ? { renewal } : {}),
      },
      isReplaced,
    };
  }

  async #readRenewal(
    folder: string,
    certificate: CertificateState,
  ): Promise<KnownRenewal | undefined> {
    if (certificate.kind !== 'present') return undefined;
    const { facts } = certificate;
    const [source, record] = await Promise.all([
      findRenewalSource(this.#workspace, folder, facts),
      readRenewal(this.#workspace, facts.fingerprint256),
    ]);
    return { source, record };
  }

  /** What is being replaced at this moment is half the old one and half the new: not yet. */
  async #inspect(folder: string, domain: string): Promise<CertificateState> {
    for (let readings = 1; ; readings += 1) {
      const wasBusy = await isCertificateBusy(this.#workspace);
      const certificate = await inspectCertificate(folder, domain, () =>
        this.#keyPassphrase(this.#workspace),
      );
      const isSettled = !isDisjoint(certificate) && !this.#isOther(certificate);
      if (isSettled || readings === MOST_READINGS) return certificate;
      if (!wasBusy && !(await isCertificateBusy(this.#workspace))) return certificate;
      await pause(SETTLE);
    }
  }

  /** Whether another certificate lies there than the last whole one. */
  #isOther(certificate: CertificateState): boolean {
    const last = this.#lastWhole;
    const now = fingerprintsOf(certificate);
    return last !== undefined && now !== undefined && now !== last;
  }
}

/** Whether parts of it do not belong together. */
function isDisjoint(certificate: CertificateState): boolean {
  return (
    certificate.kind === 'broken' ||
    (certificate.kind === 'present' &&
      certificate.facts.problems.some(({ code }) => DISJOINT.has(code)))
  );
}

const DISJOINT: ReadonlySet<string> = new Set(['chain-broken', 'authority-missing']);

function fingerprintsOf(certificate: CertificateState): string | undefined {
  if (certificate.kind !== 'present') return undefined;
  const { fingerprint256, namesFingerprint256 = '' } = certificate.facts;
  return `${fingerprint256} ${namesFingerprint256}`;
}
