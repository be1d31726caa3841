/** Every command of the manifest; a test compares the two. */
export const COMMANDS = {
  'chromaTls.generateCertificate': { title: 'Generate Certificate', icon: 'shield' },
  'chromaTls.openCertificate': { title: 'Open Certificate', icon: 'open-preview' },
  'chromaTls.renewCertificate': { title: 'Renew Certificate', icon: 'sync' },
  'chromaTls.importCertificate': { title: 'Import Certificate', icon: 'folder-opened' },
  'chromaTls.requestCertificate': { title: 'Request Certificate (ACME)', icon: 'organization' },
  'chromaTls.certbotCertificate': { title: 'Use certbot', icon: 'sync' },
  'chromaTls.awsImportCertificate': {
    title: 'Import into AWS Certificate Manager',
    icon: 'cloud-upload',
  },
  'chromaTls.awsExportCertificate': {
    title: 'Export from AWS Certificate Manager',
    icon: 'cloud-download',
  },
  'chromaTls.restoreCertificate': { title: 'Restore Previous', icon: 'history' },
  'chromaTls.exportCertificate': { title: 'Export Certificate', icon: 'export' },
  'chromaTls.protectKey': { title: 'Protect Key with Passphrase', icon: 'lock' },
  'chromaTls.untrackKey': { title: 'Untrack Key', icon: 'source-control' },
  'chromaTls.trustCertificate': { title: 'Trust Certificate', icon: 'verified' },
  'chromaTls.untrustCertificate': { title: 'Untrust Certificate', icon: 'circle-slash' },
  'chromaTls.setDomain': { title: 'Set Domain (CHROMA_DOMAIN)', icon: 'edit' },
  'chromaTls.startServer': { title: 'Start Server', icon: 'debug-start' },
  'chromaTls.stopServer': { title: 'Stop Server', icon: 'debug-stop' },
  'chromaTls.restartServer': { title: 'Restart Server', icon: 'debug-restart' },
  'chromaTls.unpauseServer': { title: 'Unpause Server', icon: 'debug-continue' },
  'chromaTls.selectImage': { title: 'Select Image', icon: 'package' },
  'chromaTls.createComposeFile': { title: 'Create Docker Compose File', icon: 'new-file' },
  'chromaTls.applyComposeFile': { title: 'Apply' },
  'chromaTls.discardComposeFile': { title: 'Discard' },
  'chromaTls.writeSeparateComposeFile': { title: 'Write docker-compose.chroma.yml' },
  'chromaTls.showLogs': { title: 'Show Logs', icon: 'output' },
  'chromaTls.showStatus': { title: 'Show Status', icon: 'info' },
  'chromaTls.copyClientCode': { title: 'Copy Client Code', icon: 'code' },
  'chromaTls.copyEndpoint': { title: 'Copy Endpoint', icon: 'copy' },
  'chromaTls.testConnection': { title: 'Test Connection', icon: 'pulse' },
  'chromaTls.diagnose': { title: 'Diagnose Connection', icon: 'checklist' },
  'chromaTls.selectFolder': { title: 'Select Folder', icon: 'root-folder' },
  'chromaTls.removeEverything': { title: 'Remove Everything of This Folder', icon: 'trash' },
} as const;

export type CommandId = keyof typeof COMMANDS;

/** A command with an icon; the others are shown as text only. */
export type IconCommandId = {
  [Id in CommandId]: (typeof COMMANDS)[Id] extends { readonly icon: string } ? Id : never;
}[CommandId];

/** What only the menus of the view's lines call; the palette never shows them. */
export const ROW_COMMANDS = {
  copy: 'chromaTls.copyRow',
  openSetting: 'chromaTls.openRowSetting',
  cure: 'chromaTls.cureRow',
} as const;

/** Types a line into a terminal, for the user to run. Only our own buttons use it. */
export const TERMINAL_COMMAND = 'chromaTls.typeInTerminal';

export const VIEW_ID = 'chromaTls.server';
/** The editor that shows a file of certificates as facts. */
export const CERTIFICATE_EDITOR_ID = 'chromaTls.certificateFacts';
/** The scheme of a proposed Compose file's address; menus of the manifest go by it. */
export const COMPOSE_SCHEME = 'chroma-tls-proposal';
export const STATUS_BAR_ID = 'chromaTls.status';

/** The extension's identifier in a gallery. */
export const EXTENSION_ID = 'chroma-tls.chroma-tls';

/** The walkthrough, as VS Code's own command takes it. */
export const WALKTHROUGH = `${EXTENSION_ID}#firstServer`;
