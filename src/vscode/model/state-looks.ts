import type { State } from '../../chroma/status/derive-status.ts';

/** The view's icon. */
export interface Icon {
  readonly name: string;
  readonly color?: string;
}

const GOOD = 'testing.iconPassed';
export const WARNING = 'list.warningForeground';
export const BAD = 'list.errorForeground';

interface StateLook {
  /** What the state is called everywhere. */
  readonly name: string;
  readonly icon: Icon;
  readonly statusBarIcon: string;
  readonly severity: 'none' | 'warning' | 'error';
}

const BUSY = {
  icon: { name: 'loading~spin' },
  statusBarIcon: 'sync~spin',
  severity: 'none',
} as const;
const IDLE = {
  icon: { name: 'circle-slash' },
  statusBarIcon: 'circle-slash',
  severity: 'none',
} as const;
const BROKEN = {
  icon: { name: 'error', color: BAD },
  statusBarIcon: 'error',
  severity: 'error',
} as const;

/** How each state is named and drawn. */
export const STATE_LOOKS: Readonly<Record<State, StateLook>> = {
  checking: { ...BUSY, name: 'Checking…' },
  unconfigured: {
    ...IDLE,
    name: 'Not set up',
    icon: { name: 'shield' },
    statusBarIcon: 'shield',
  },
  stopped: { ...IDLE, name: 'Stopped' },
  starting: { ...BUSY, name: 'Starting' },
  healthy: {
    name: 'Healthy',
    icon: { name: 'pass-filled', color: GOOD },
    statusBarIcon: 'pass-filled',
    severity: 'none',
  },
  degraded: {
    name: 'Degraded',
    icon: { name: 'warning', color: WARNING },
    statusBarIcon: 'warning',
    severity: 'warning',
  },
  unreachable: { ...BROKEN, name: 'Unreachable' },
  stopping: { ...BUSY, name: 'Stopping' },
  failed: { ...BROKEN, name: 'Failed' },
};
