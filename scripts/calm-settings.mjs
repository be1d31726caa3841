// User settings for a VS Code that shows this extension and nothing that gets in its way.
/** @type {Record<string, unknown>} */
export const calmSettings = {
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  // No question about every port a server opens.
  'remote.autoForwardPorts': false,
};
