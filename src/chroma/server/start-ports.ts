import type { KeyPassphrase } from '../../certificates/encoding/passphrase.ts';
import type { Settings } from '../../project/settings.ts';
import type { Choice } from '../runtimes/runtime-choice.ts';
import type { AcceptChange } from '../runtimes/runtime-change.ts';
import type { Runtime, StartContext, StartStep } from '../runtimes/runtime.ts';
import type { Snapshot, SnapshotEvent } from '../status/status.ts';

export interface StartOptions extends Omit<StartContext, 'report'> {
  readonly acceptChange: AcceptChange;
  /** The runtime, where the user has agreed to it already. */
  readonly agreed?: Choice;
}

/** What a start needs of the one who owns the state. */
export interface StartPorts {
  readonly workspace: string;
  readonly readSettings: () => Settings;
  readonly runtimes: readonly Runtime[];
  readonly log: (line: string) => void;
  readonly keyPassphrase: KeyPassphrase;
  readonly snapshot: () => Snapshot;
  readonly apply: (event: SnapshotEvent) => void;
  readonly refreshProject: () => Promise<void>;
  readonly observe: () => Promise<void>;
  readonly probe: (signal: AbortSignal) => Promise<void>;
}

export type Report = (step: StartStep) => void;
