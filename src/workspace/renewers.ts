import type { CertificateFacts } from '../certificates/inspect/certificate-state.ts';
import type { RenewalSource } from '../certificates/public/renewal-source.ts';
import { KEY_TYPES, type Settings } from '../project/settings.ts';
import { ExplainedError } from '../system/errors.ts';
import type { Aftercare } from './aftercare.ts';
import { generate } from './generate.ts';
import type { RenewalTask } from './renewal-task.ts';

/** A newer certificate is in place, and its server serves it. */
export interface Renewed extends Aftercare {
  readonly backup?: string;
}

const DAY = 86_400_000;

/**
 * Has whoever issued a certificate issue the next one, and puts it in place. What each of them needs is
 * loaded only for it.
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
    case 'certbot': {
      const { renewFromCertbot } = await import('./renew-from-certbot.ts');
      return renewFromCertbot(source, task);
    }
    case 'imported':
    case 'acme':
    case 'acm':
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

/** What a certificate of ours was made with, as far as it tells. Pure. */
export function settingsOf(facts: CertificateFacts): Partial<Settings> {
  const { names, keyType, selfSigned, issuer, notBefore, notAfter } = facts;
  const type = KEY_TYPES.find((one) => describeKey(one) === keyType);
  // Only the cookbook's form names a country.
  const isSeed = selfSigned && /(^|, )C=US(,|$)/.test(issuer);
  return {
    additionalNames: names,
    validityDays: Math.max(1, Math.round((notAfter.getTime() - notBefore.getTime()) / DAY)),
    certificateKind: isSeed ? 'seed' : selfSigned ? 'self-signed' : 'local-ca',
    ...(type === undefined ? {} : { keyType: type }),
  };
}

/** A setting's kind of key as `describeKeyType` words it. */
function describeKey(type: (typeof KEY_TYPES)[number]): string {
  return type === 'ecdsa-p256' ? 'ECDSA P-256' : type.replace('rsa-', 'RSA ');
}
