// A browser for the tests: Chromium or Chrome as the system has it.
import { execa } from 'execa';
import { asPart, mayInstallPackages, progress, whyNotInstalled } from './bench.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';

const candidates = [
  '/usr/bin/chromium',
  'chromium',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

export function chromium() {
  return asPart('chromium', async () => {
    const found = await find();
    if (found) return found;
    if (!mayInstallPackages) {
      return { available: false, reason: `neither Chromium nor Chrome found; ${whyNotInstalled}` };
    }
    // Fonts: a minimal machine has none, and the pictures would show boxes.
    await ensureDebianPackages(['chromium', 'fonts-dejavu-core']);
    return (
      (await find()) ?? { available: false, reason: 'chromium was installed and does not run' }
    );
  });
}

/** @returns {Promise<import('./bench.mjs').AvailablePart | undefined>} */
async function find() {
  for (const path of candidates) {
    // Chrome for Windows answers --version by opening a window; being there must do.
    const args = process.platform === 'win32' ? ['--headless', '--version'] : ['--version'];
    const { exitCode, stdout } = await execa(path, args, { reject: false, timeout: 15_000 });
    if (exitCode !== 0) continue;
    progress('chromium')(String(stdout).trim());
    return { available: true, path };
  }
  return undefined;
}
