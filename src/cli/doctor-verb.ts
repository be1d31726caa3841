import { renderChecks, reportChecks } from '../diagnosis/doctor-report.ts';
import { diagnose } from '../workspace/diagnose.ts';
import { openWorkspace } from '../workspace/context.ts';
import { say, type CliContext } from './verbs.ts';

/** Says what is wrong between a client and the server; exits with 1 where something is broken. */
export async function doctor(context: CliContext): Promise<number> {
  const { results, secrets } = await diagnose(() => openWorkspace(context), context.signal);
  const report = reportChecks(results, secrets);
  say(context.options.json ? JSON.stringify(report, undefined, 2) : renderChecks(results, secrets));
  return report.ok ? 0 : 1;
}
