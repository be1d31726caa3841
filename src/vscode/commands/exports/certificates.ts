import type { X509Certificate } from 'node:crypto';
import { env } from 'vscode';
import { computePin } from '../../../certificates/export.ts';
import { chooseTarget, writeExport, type ExportFile } from '../../window/save-export.ts';
import { nameFile, type ExportContext, type ExportForm } from './export-form.ts';

/** The certificate and its authorities, for another server or proxy. */
export const chain: ExportForm = {
  label: 'Chain (PEM)',
  icon: 'list-ordered',
  detail: 'For another server or proxy: the certificate first, then its authorities.',
  run: (context) =>
    save(context, context.exportable.chain.map(String).join(''), {
      name: nameFile(context, '-chain.pem'),
      kind: 'Certificate Chain',
      extensions: ['pem', 'crt'],
      secret: false,
    }),
};

export const certificateDer: ExportForm = {
  label: 'Certificate (DER)',
  icon: 'file-binary',
  detail: 'For programs that read no PEM.',
  run: (context) => saveDer(context, context.exportable.leaf, ''),
};

export const authorityDer: ExportForm = {
  label: 'Authority (DER)',
  icon: 'organization',
  detail: 'To trust the server on Windows or a phone: a .cer file that opens with a click.',
  run: async (context) => {
    const [anchor] = context.exportable.anchors;
    if (anchor) await saveDer(context, anchor, '-ca');
  },
};

/** Copied, not saved: it goes into a line of somebody's code. */
export const pin: ExportForm = {
  label: 'Public-Key Pin',
  icon: 'pinned',
  detail: 'For clients that accept this key only: the SHA-256 of the public key in Base64. Copied.',
  run: async ({ exportable, notifier }) => {
    const value = computePin(exportable.leaf);
    await env.clipboard.writeText(value);
    void notifier.inform(
      `Copied ${value}. curl takes it with --pinnedpubkey sha256//${value}. A new certificate has a new key, and so another pin.`,
    );
  },
};

function saveDer(context: ExportContext, { raw }: X509Certificate, suffix: string): Promise<void> {
  return save(context, raw, {
    name: nameFile(context, `${suffix}.cer`),
    kind: 'Certificate',
    extensions: ['cer', 'der', 'crt'],
    secret: false,
  });
}

async function save(
  { notifier }: ExportContext,
  content: string | Buffer,
  file: ExportFile,
): Promise<void> {
  const path = await chooseTarget(file);
  await writeExport(path, content, file);
  void notifier.inform(`Saved ${path}.`);
}
