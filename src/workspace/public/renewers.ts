import type { RenewalSource } from '../../certificates/public/renewal-source.ts';
import type { Settings } from '../../project/settings.ts';
import { ExplainedError } from '../../system/errors.ts';
import type { Aftercare } from '../aftercare.ts';
import { generate } from '../generate.ts';
import { settingsOf } from './present-certificate.ts';
import type { RenewalTask } from './renewal-task.ts';

/** A newer certificate is in place, and its server serves it. */
export interface Renewed extends Aftercare {
  readonly backup?: string;
}

/**
 * Has the issuer of a certificate issue the next one, and puts it in place. What each of them needs
 * is loaded only for it.
 *
 * @returns undefined where there is none newer
 * @throws ExplainedError why there is none; AbortError when the signal fires
 */
export async function renewFrom(
  source: RenewalSource,
  task: RenewalTask,
): Promise<Renewed | undefined> {
  switch (source.kind) {
    case 'own-authority':
    case 'self-signed':
      return generateAgain(task);
    case 'acme': {
      const { renewFromAcme } = await import('./renew-from-acme.ts');
      return renewFromAcme(source, task);
    }
    case 'certbot': {
      const { renewFromCertbot } = await import('./renew-from-certbot.ts');
      return renewFromCertbot(source, task);
    }
    case 'acm': {
      const { renewFromAcm } = await import('./acm-order.ts');
      return renewFromAcm(task.context, source, task.signal);
    }
    case 'imported':
      throw new ExplainedError({
        code: 'not-renewable',
        what: 'This certificate cannot be renewed here yet.',
      });
  }
}

/** The same again: names, kind of key, kind of certificate and days as the present one has them. */
async function generateAgain({ context, facts, signal, report }: RenewalTask): Promise<Renewed> {
  const settings: Settings = { ...context.settings, ...settingsOf(facts) };
  return generate({ ...context, settings }, { signal, report });
}
