import { explain, type Action } from '../system/errors.ts';
import type { CheckId } from './check.ts';
import { redact, type Secrets } from './redact.ts';
import type { CheckResult, Cure } from './run-checks.ts';

/** What `doctor --json` prints; scripts rely on its shape. */
export interface DoctorReport {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly id: CheckId;
    /** A check that was skipped found nothing broken. */
    readonly ok: boolean;
    readonly skipped?: true;
    /** What was seen, or why nothing was. */
    readonly seen: string;
    readonly cure?: string;
  }[];
}

/** The results for a script or an issue, with no secret in them. Pure. */
export function reportChecks(results: readonly CheckResult[], secrets: Secrets): DoctorReport {
  return {
    ok: results.every(({ finding }) => finding.kind !== 'broken'),
    checks: results.map((result) => {
      const { id, finding, cure } = result;
      const advice = cure && adviseInTerminal(cure);
      return {
        id,
        ok: finding.kind !== 'broken',
        ...(finding.kind === 'skipped' ? { skipped: true as const } : {}),
        seen: redact(sayFinding(result), secrets),
        ...(advice === undefined ? {} : { cure: redact(advice, secrets) }),
      };
    }),
  };
}

/** The same for a user or an issue, a check a line. Pure. */
export function renderChecks(results: readonly CheckResult[], secrets: Secrets): string {
  const { ok, checks } = reportChecks(results, secrets);
  const lines = checks.map(({ id, seen, cure, ...check }) => {
    const state = check.ok ? (check.skipped ? 'skipped' : 'ok') : 'BROKEN';
    const text = cure === undefined ? seen : `${seen} Cure: ${cure}`;
    return `${state.padEnd(8)} ${id.padEnd(12)} ${text.replaceAll(/\s+/g, ' ')}`;
  });
  const broken = checks.filter((check) => !check.ok).length;
  const end = ok ? 'Nothing is broken.' : `${broken} of ${checks.length} checks found a fault.`;
  return [...lines, end].join('\n');
}

/** What a check has seen, in sentences. Pure. */
export function sayFinding({ finding }: CheckResult): string {
  switch (finding.kind) {
    case 'well':
      return finding.seen;
    case 'skipped':
      return finding.why;
    case 'broken':
      return finding.problems
        .map(({ what, why }) => explain({ code: '', what, ...(why === undefined ? {} : { why }) }))
        .join(' ');
  }
}

function adviseInTerminal({ text, inTerminal, action }: Cure): string | undefined {
  return inTerminal ?? text ?? (action && sayAction(action));
}

function sayAction(action: Action): string {
  if (typeof action === 'string') return WORDS[action];
  if ('usePort' in action) return `Use --port ${action.usePort}.`;
  if ('openSetting' in action) return `Correct the setting ${action.openSetting}.`;
  return 'terminal' in action ? `Run ${action.terminal}` : `See ${action.open}`;
}

/** What each button does, for a terminal. */
const WORDS: Readonly<Record<Extract<Action, string>, string>> = {
  generateCertificate: 'Run chroma-tls generate.',
  regenerateCertificate: 'Run chroma-tls generate.',
  replaceBrokenPair: 'Run chroma-tls generate --yes: what is there is backed up.',
  useBuiltinEngine: 'Run chroma-tls generate --engine builtin.',
  importCertificate: 'Run chroma-tls import with the new files.',
  renewCertificate: 'Run chroma-tls renew.',
  importIntoAws: 'Run chroma-tls aws import.',
  trustCertificate: 'Run chroma-tls trust.',
  protectKey: 'Set CHROMA_TLS_KEY_PASSPHRASE to its passphrase.',
  enterPassphrase: 'Set CHROMA_TLS_KEY_PASSPHRASE to its passphrase.',
  untrackKey: 'Run git rm --cached with the key’s file.',
  setDomain: 'Run chroma-tls generate --domain NAME.',
  startServer: 'Run chroma-tls start.',
  unpauseServer: 'Run chroma-tls start.',
  restartServer: 'Run chroma-tls stop, then chroma-tls start.',
  selectImage: 'Choose another with --image.',
  copyClientCode: 'Run chroma-tls clients.',
  createComposeFile: 'Run chroma-tls compose.',
  createSeparateComposeFile: 'Run chroma-tls compose --separate.',
  showLogs: 'Run chroma-tls logs.',
  openSettings: 'Correct the option that names it.',
  openFolder: 'Go to the folder first.',
};
