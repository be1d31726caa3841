import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import {
  hookScript,
  type HookTask,
} from '../../../../../src/certificates/public/certbot/deploy-hook.ts';
import { run } from '../../../../../src/system/processes/program.ts';
import { skipBecause } from '../../../../harness/skip-reasons.ts';

/** What a shell would make something else of, were it not quoted. */
const HOSTILE = [
  `it's "mine", ü`,
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned #',
  '-n --help',
  'a\nb',
  String.raw`back\slash`,
  '$HOME',
  '*',
];

describe('the hook that certbot calls', function () {
  before(function () {
    if (process.platform === 'win32') skipBecause(this, 'certbot runs no shell script on Windows');
  });

  for (const name of HOSTILE) {
    it(`runs for a folder named ${JSON.stringify(name)}`, async () => {
      const { root, task, call } = await prepare(name);
      await call(task.lineage.live);
      assert.deepEqual(JSON.parse(await readFile(join(root, 'called'), 'utf8')), {
        cwd: task.workspace,
        args: ['renew', `--folder=${name}`],
        data: join(root, name),
      });
      assert.deepEqual((await readdir(root)).toSorted(), [...EXPECTED, name].toSorted());
    });
  }

  it('does nothing for another lineage, nor where the folder or the program is gone', async () => {
    const { root, task, call } = await prepare('plain');
    await call(`${task.lineage.live}2`);
    await call(task.lineage.live, { workspace: join(root, 'gone') });
    await call(task.lineage.live, { cli: join(root, 'gone.js') });
    await call(task.lineage.live, { node: join(root, 'gone') });
    assert.ok(!(await readdir(root)).includes('called'));
  });
});

const EXPECTED = ['called', 'hook.sh', 'program.mjs'];

/** A workspace of that name, and a program that notes how it was called. */
async function prepare(name: string): Promise<{
  readonly root: string;
  readonly task: HookTask;
  /** Calls the hook as certbot does, and expects it to end well. */
  readonly call: (renewed: string, change?: Partial<HookTask>) => Promise<void>;
}> {
  const root = await mkdtemp(join(tmpdir(), 'chroma-tls-hook-'));
  const workspace = join(root, name);
  await mkdir(workspace);
  const cli = join(root, 'program.mjs');
  const noted = `{ cwd: process.cwd(), args: process.argv.slice(2), data: process.env.CHROMA_TLS_DATA_DIR }`;
  await writeFile(
    cli,
    `import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(join(root, 'called'))}, JSON.stringify(${noted}));`,
  );
  const { uid, gid, homedir: home } = userInfo();
  const task: HookTask = {
    workspace,
    lineage: { name, live: join('/etc/letsencrypt/live', name) },
    node: process.execPath,
    cli,
    options: [`--folder=${name}`],
    owner: { uid, gid, home },
  };
  return {
    root,
    task,
    call: async (renewed, change = {}) => {
      const hook = join(root, 'hook.sh');
      await writeFile(hook, hookScript({ ...task, ...change }, workspace));
      await chmod(hook, 0o755);
      const { exitCode, stderr } = await run({
        program: hook,
        args: [],
        env: { RENEWED_LINEAGE: renewed },
      });
      assert.equal(exitCode, 0, stderr);
    },
  };
}
