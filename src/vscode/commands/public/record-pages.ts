import { commands, type Disposable } from 'vscode';
import type { RequestQuestions } from '../../../workspace/public/request.ts';
import { describeDnsRecords } from '../../model/public/dns-records-page.ts';
import { makeReadOnlyDocument } from '../../window/read-only-document.ts';

/** Does work that may show DNS records for a user to set; what was shown goes with its end. */
export async function withRecordPages<Result>(
  work: (showRecords: RequestQuestions['showRecords']) => Promise<Result>,
): Promise<Result> {
  const pages: Disposable[] = [];
  try {
    return await work(async (records) => {
      const text = describeDnsRecords(records);
      const page = makeReadOnlyDocument('chroma-tls-records', 'DNS records', text);
      pages.push(page);
      await commands.executeCommand('vscode.open', page.uri);
    });
  } finally {
    for (const page of pages) page.dispose();
  }
}
