import type { CheckId } from '../../diagnosis/check.ts';
import { redact, type Secrets } from '../../diagnosis/redact.ts';
import { sayFinding } from '../../diagnosis/doctor-report.ts';
import type { CheckResult } from '../../diagnosis/run-checks.ts';
import { toButton, type Button } from './actions.ts';

/** One row of what the doctor found. */
export type DiagnosisRow =
  | { readonly kind: 'heading'; readonly label: string }
  | {
      readonly kind: 'check';
      readonly icon: string;
      readonly label: string;
      readonly description: string;
      /** Whole sentences of a fault. */
      readonly detail?: string;
      /** What choosing it does; without one it copies. */
      readonly cure?: Button;
      readonly copies: string;
    }
  | { readonly kind: 'report'; readonly label: string };

export interface DiagnosisPick {
  readonly title: string;
  readonly rows: readonly DiagnosisRow[];
}

/** What is broken, each with its cure, then what is well, then what was passed over. Pure. */
export function renderDiagnosis({
  results,
  secrets,
}: {
  readonly results: readonly CheckResult[];
  /** What no copy may say. */
  readonly secrets: Secrets;
}): DiagnosisPick {
  const group = (kind: CheckResult['finding']['kind'], label: string): readonly DiagnosisRow[] => {
    const rows = results
      .filter(({ finding }) => finding.kind === kind)
      .map((result) => renderCheck(result, secrets));
    return rows.length === 0 ? [] : [{ kind: 'heading', label }, ...rows];
  };
  const broken = results.filter(({ finding }) => finding.kind === 'broken').length;
  return {
    title: `Chroma: ${nameOutcome(broken)}`,
    rows: [
      ...group('broken', 'Broken'),
      { kind: 'heading', label: 'For an issue' },
      { kind: 'report', label: 'Copy Report' },
      ...group('well', 'Well'),
      ...group('skipped', 'Passed over'),
    ],
  };
}

function nameOutcome(broken: number): string {
  if (broken === 0) return 'Nothing is broken';
  return broken === 1 ? '1 fault' : `${broken} faults`;
}

function renderCheck(result: CheckResult, secrets: Secrets): DiagnosisRow {
  const { id, finding, cure } = result;
  const said = sayFinding(result);
  const common = { kind: 'check', icon: ICONS[finding.kind], label: NAMES[id] } as const;
  if (finding.kind !== 'broken')
    return { ...common, description: said, copies: redact(said, secrets) };
  const detail = [said, cure?.text].filter(Boolean).join(' ');
  const button = cure?.action === undefined ? undefined : toButton(cure.action);
  return {
    ...common,
    description: button?.label ?? '',
    detail,
    ...(button ? { cure: button } : {}),
    copies: redact(detail, secrets),
  };
}

const ICONS: Readonly<Record<CheckResult['finding']['kind'], string>> = {
  broken: 'error',
  well: 'pass',
  skipped: 'circle-slash',
};

/** The checks as a user knows them. */
const NAMES: Readonly<Record<CheckId, string>> = {
  project: 'Folder',
  engine: 'Container engine',
  image: 'Image',
  port: 'Port',
  server: 'Server',
  name: 'Name',
  certificate: 'Certificate',
  key: 'Key',
  handshake: 'TLS handshake',
  heartbeat: 'Heartbeat',
  clock: 'Clock',
  trust: 'Trust stores',
  client: 'Client',
  advisories: 'Known advisories',
  code: 'Your code',
  containers: 'Your containers',
};
