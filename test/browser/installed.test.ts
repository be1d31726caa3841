import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import manifest from '../../package.json' with { type: 'json' };
import { repository } from '../../scripts/dependencies.mjs';
import { requirePart } from '../parts.ts';
import { freePort, program } from '../real/fixtures/cli.ts';
import { Workbench } from './workbench.ts';

/**
 * Makes the package, as \`npm run package\` does, from a copy of the sources: packaging builds, and the
 * other tests run what is built here.
 *
 * @param folder absolute path of a folder that is not there yet
 * @returns the path of the package
 */
async function makePackage(folder: string): Promise<string> {
  const { stdout } = await program(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: repository,
    },
  );
  for (const name of stdout.split('\0').filter(Boolean)) {
    // As old as they are: where the list of packages is newer than the packages, they are installed again.
    await cp(join(repository, name), join(folder, name), { preserveTimestamps: true }).catch(
      () => undefined,
    );
  }
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const made = await program(process.execPath, ['scripts/package.mjs'], { cwd: folder });
  assert.equal(made.code, 0, made.stderr);
  return join(folder, `${manifest.name}-${manifest.version}.vsix`);
}

describe('the package, installed', function () {
  let scratch = '';
  let vsix = '';
  let workbench: Workbench | undefined;

  before(async function () {
    requirePart(this, 'chromium');
    scratch = await mkdtemp(join(tmpdir(), 'chroma-tls-package-'));
    vsix = await makePackage(join(scratch, 'sources'));
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench?.screenshot('failed');
    await workbench?.close();
    workbench = undefined;
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  for (const server of ['vscode-server 1.105', 'vscode-server'] as const) {
    it(`brings an empty folder to a healthy server, and stops it, in the ${server}`, async function () {
      const opened = await Workbench.open(this, {
        server,
        vsix,
        settings: { 'chromaTls.port': await freePort() },
        env: {
          DOCKER_HOST: 'tcp://127.0.0.1:1',
          CHROMA_TLS_DATA_DIR: join(scratch, `data of ${server}`),
        },
      });
      workbench = opened;
      await opened.openSideBar();
      await opened.waitForStatus(/not set up/i);
      await opened.clickWelcome('Generate Certificate');
      await opened.answerNotification(/certificate for localhost/, 'Start Server');
      await opened.answerDialog('Install');
      await opened.waitForStatus(/healthy/i);
      await opened.waitForTreeRow('Server', /Healthy/);
      await opened.screenshot(`installed-${server.replaceAll(' ', '-')}`);
      await opened.clickViewAction('Stop Server');
      await opened.waitForStatus(/stopped/i);
    });
  }
});
