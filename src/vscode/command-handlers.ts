import type { CommandId } from './model/command-ids.ts';
import type { CommandHandler } from './commands/command-context.ts';
import { copyEndpoint } from './commands/connection/copy-endpoint.ts';
import { createComposeFile, decideOn } from './commands/create-compose-file.ts';
import { exportCertificate } from './commands/certificate/export-certificate.ts';
import { generateCertificate } from './commands/certificate/generate-certificate.ts';
import { importCertificate } from './commands/certificate/import-certificate.ts';
import { openCertificate } from './commands/certificate/open-certificate.ts';
import { protectKey } from './commands/certificate/protect-key.ts';
import { renewCertificate } from './commands/public/renew-certificate.ts';
import { restoreCertificate } from './commands/certificate/restore-certificate.ts';
import { selectImage } from './commands/select-image.ts';
import { setDomain } from './commands/set-domain.ts';
import { showLogs } from './commands/show-logs.ts';
import { showStatus } from './commands/show-status.ts';
import { restartServer, startServer, unpauseServer } from './commands/start-server.ts';
import { stopServer } from './commands/stop-server.ts';
import { testConnection } from './commands/connection/test-connection.ts';
import { trustCertificate } from './commands/trust-certificate.ts';
import { untrackKey } from './commands/certificate/untrack-key.ts';
import { untrustCertificate } from './commands/untrust-certificate.ts';

/** What each command does. */
export const HANDLERS: Readonly<Record<CommandId, CommandHandler>> = {
  'chromaTls.generateCertificate': generateCertificate,
  'chromaTls.openCertificate': openCertificate,
  'chromaTls.renewCertificate': renewCertificate,
  'chromaTls.importCertificate': importCertificate,
  'chromaTls.requestCertificate': async (...given) => {
    // Loaded only now: few ask for one, and its questions are many.
    const { requestCertificate } = await import('./commands/public/request-certificate.ts');
    await requestCertificate(...given);
  },
  'chromaTls.certbotCertificate': async (...given) => {
    const { certbotCertificate } = await import('./commands/public/certbot-certificate.ts');
    await certbotCertificate(...given);
  },
  'chromaTls.awsImportCertificate': async (...given) => {
    const { awsImportCertificate } = await import('./commands/public/aws-import-certificate.ts');
    await awsImportCertificate(...given);
  },
  'chromaTls.awsExportCertificate': async (...given) => {
    const { awsExportCertificate } = await import('./commands/public/aws-export-certificate.ts');
    await awsExportCertificate(...given);
  },
  'chromaTls.restoreCertificate': restoreCertificate,
  'chromaTls.exportCertificate': exportCertificate,
  'chromaTls.protectKey': protectKey,
  'chromaTls.untrackKey': untrackKey,
  'chromaTls.trustCertificate': trustCertificate,
  'chromaTls.untrustCertificate': untrustCertificate,
  'chromaTls.setDomain': setDomain,
  'chromaTls.startServer': startServer,
  'chromaTls.stopServer': stopServer,
  'chromaTls.restartServer': restartServer,
  'chromaTls.unpauseServer': unpauseServer,
  'chromaTls.selectImage': selectImage,
  'chromaTls.createComposeFile': createComposeFile,
  'chromaTls.applyComposeFile': decideOn('apply'),
  'chromaTls.discardComposeFile': decideOn('discard'),
  'chromaTls.writeSeparateComposeFile': decideOn('separate'),
  'chromaTls.showLogs': showLogs,
  'chromaTls.showStatus': showStatus,
  'chromaTls.copyClientCode': async (...given) => {
    const { copyClientCode } = await import('./commands/connection/copy-client-code.ts');
    await copyClientCode(...given);
  },
  'chromaTls.copyEndpoint': copyEndpoint,
  'chromaTls.testConnection': testConnection,
  'chromaTls.diagnose': async (...given) => {
    const { diagnose } = await import('./commands/connection/diagnose.ts');
    await diagnose(...given);
  },
  'chromaTls.selectFolder': ({ session }) => session.selectFolder(),
  'chromaTls.removeEverything': async (...given) => {
    const { removeEverything } = await import('./commands/remove-everything.ts');
    await removeEverything(...given);
  },
};
