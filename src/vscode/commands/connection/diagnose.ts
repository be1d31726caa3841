import { commands, env, ProgressLocation, QuickPickItemKind } from 'vscode';
import { renderChecks } from '../../../diagnosis/doctor-report.ts';
import { diagnose as lookAtAll } from '../../../workspace/diagnose.ts';
import { renderDiagnosis, type DiagnosisRow } from '../../model/diagnosis-pick.ts';
import { folderTitle } from '../../window/folder-title.ts';
import {
  showBriefly,
  showQuickPick,
  withProgress,
  type PlainItem,
} from '../../window/plain-window.ts';
import type { CommandHandler } from '../command-context.ts';

interface DiagnosisItem extends PlainItem {
  readonly row: DiagnosisRow;
}

/** Looks at everything between a client and the server, and offers the cure of what is broken. */
export const diagnose: CommandHandler = async ({ session }) => {
  const active = await session.require();
  if (!active) return;
  const { signal } = new AbortController();
  // In the status bar: it ends in seconds, and its result is a list.
  const options = { location: ProgressLocation.Window, title: 'Diagnosing the connection' };
  const found = await withProgress(options, () => lookAtAll(active.open, signal));
  const report = renderChecks(found.results, found.secrets);
  active.server.environment.log(report);
  const { title, rows } = renderDiagnosis(found);
  const picked = await showQuickPick(rows.map(toItem), {
    title: folderTitle(title, active.folder),
    placeHolder: 'Choose a fault to cure it, or what was seen to copy it',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked || picked.row.kind === 'heading') return;
  if (picked.row.kind === 'check' && picked.row.cure) {
    const { command, arguments: given } = picked.row.cure;
    await commands.executeCommand(command, ...given);
    return;
  }
  await env.clipboard.writeText(picked.row.kind === 'report' ? report : picked.row.copies);
  showBriefly('Copied', 2000);
};

function toItem(row: DiagnosisRow): DiagnosisItem {
  switch (row.kind) {
    case 'heading':
      return { row, label: row.label, kind: QuickPickItemKind.Separator };
    case 'report':
      return {
        row,
        icon: 'copy',
        label: row.label,
        description: 'No key, token or user name is in it',
      };
    case 'check': {
      const { icon, label, description, detail } = row;
      return { row, icon, label, description, ...(detail === undefined ? {} : { detail }) };
    }
  }
}
