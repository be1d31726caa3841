/**
 * The name each of the `Settings` has in settings.json, under `chromaTls.`. Apart from their schema,
 * because every window of VS Code reads this file.
 */
export const SETTING_KEYS = {
  runtime: 'runtime',
  containerCommand: 'containerCommand',
  image: 'image',
  tlsTermination: 'tlsTermination',
  nginxImage: 'nginxImage',
  envoyImage: 'envoyImage',
  bindAddress: 'bindAddress',
  port: 'port',
  token: 'token',
  corsOrigins: 'corsOrigins',
  certificatesFolder: 'certificatesFolder',
  envFile: 'envFile',
  certificateKind: 'certificate.kind',
  keyType: 'certificate.keyType',
  validityDays: 'certificate.validityDays',
  certificateEngine: 'certificate.engine',
  keepAuthorityKey: 'certificate.keepAuthorityKey',
  additionalNames: 'certificate.additionalNames',
  heartbeatInterval: 'heartbeat.interval',
  localCommand: 'localCommand',
  terminalEnvironment: 'terminalEnvironment',
  startOnOpen: 'startOnOpen',
} as const;
