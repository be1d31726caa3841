import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { requirePart } from '../../parts.ts';
import { freePort } from '../../real/fixtures/cli.ts';
import { Film } from './film.ts';
import { useSideBarWidth } from '../view/looks.ts';
import { Workbench } from '../workbench.ts';

const SUCCESS = /Chroma is healthy: clients reach it at https:\/\/localhost:\d+\./;

/** The walk that `npm run pictures` records. */
describe('the first minute', () => {
  let workbench: Workbench | undefined;
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench?.screenshot('failed-first-minute');
    await workbench?.close();
    workbench = undefined;
  });

  it('leads from an empty folder to client code, which is offered once', async function () {
    requirePart(this, 'docker');
    requirePart(this, 'image chromadb/chroma:1.5.9');
    requirePart(this, 'image nginx:1.29-alpine');
    workbench = await Workbench.open(this, {
      ...Film.options,
      files: { 'app.py': '' },
      settings: {
        'chromaTls.port': Film.port ?? (await freePort()),
        ...Film.settings,
      },
    });
    const { page } = workbench;
    const button = (name: string): ReturnType<typeof page.getByRole> =>
      page.getByRole('button', { name, exact: true });
    await workbench.openFile('app.py');
    await workbench.openSideBar();
    await useSideBarWidth(workbench, 340);
    await workbench.waitForWelcome(/no certificate and no server yet/);

    const film = await Film.begin(workbench);
    await film.point(button('Generate Certificate'));
    await workbench.clickWelcome('Generate Certificate');
    await workbench.waitForNotification(/certificate for localhost.* is ready/);
    await workbench.waitForTreeRow('Certificate', /Expires in \d+ days/);
    await film.point(page.locator('.notification-list-item').getByText('Start Server'));
    await workbench.answerNotification(/certificate for localhost/, 'Start Server');
    await workbench.waitForTreeRow('Server', /Healthy/);
    await workbench.waitForNotification(SUCCESS);
    assert.equal((await workbench.notifications()).length, 1);
    await film.keep('healthy');
    await film.point(page.locator('.notification-list-item').getByText('Copy Client Code'));
    await workbench.answerNotification(SUCCESS, 'Copy Client Code');
    await film.point(page.getByRole('option', { name: 'Python' }).first());
    await workbench.pick('Python');
    assert.match(await workbench.editorText(/HttpClient/), /ca\.pem/);
    await film.end();

    // Neither another start nor another window says it again.
    await workbench.runCommand('Chroma: Restart Server');
    await workbench.waitForStatus(/starting|creating|connecting|stopping/i);
    await workbench.waitForStatus(/healthy/i);
    assert.equal(await workbench.showsSoon(SUCCESS), false);
    await workbench.reload();
    await workbench.waitForStatus(/healthy/i);
    assert.equal(await workbench.showsSoon(SUCCESS), false);
    await workbench.runCommand('Chroma: Stop Server');
    await workbench.waitForStatus(/stopped/i);
  });
});
