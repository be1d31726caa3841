import { listFormer } from '../../certificates/trust/trust-state.ts';
import { describeFormerTrust, type FormerTrust } from '../model/certificate-message.ts';
import type { ActiveFolder } from './session.ts';

/** Asks the stores which of them still trust an authority before; undefined where none does. */
export async function readFormerTrust(
  { server }: ActiveFolder,
  hasAuthority: boolean,
): Promise<FormerTrust | undefined> {
  await server.refreshTrust();
  return describeFormerTrust(listFormer(server.snapshot.trust ?? []), hasAuthority);
}
