import { env, Uri } from 'vscode';
import { cancellation } from '../../../system/errors.ts';
import { ask } from '../../window/plain-window.ts';

const AGREE = 'Agree';
const READ = 'Open the Terms';

/** Has a user agree to an authority's terms. @throws AbortError where they do not */
export async function agreeToTerms(url: string): Promise<void> {
  for (;;) {
    const answer = await ask(
      'Agree to the terms of service of this authority?',
      `They are at ${url}. Without them it opens no account and signs nothing.`,
      AGREE,
      // What an authority names is opened only where it is a page.
      ...(/^https?:\/\//.test(url) ? [READ] : []),
    );
    if (answer === AGREE) return;
    if (answer !== READ) throw cancellation();
    await env.openExternal(Uri.parse(url, true));
  }
}
