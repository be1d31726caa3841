import { after, before, describe } from 'mocha';
import { takeFileLock } from '../src/system/files/file-lock.ts';
import { skipBecause } from './harness/skip-reasons.ts';

/** Where Linux keeps the locks of all programs, gone after a restart. */
const LOCK = '/run/lock/chroma-tls-test';

/**
 * A group of tests that change what the whole machine trusts, and put it back. They run where a
 * machine may be changed, and one group of all runs at a time: each compares the store with what it
 * was before.
 */
export function describeOnOwnMachine(title: string, tests: () => void): void {
  describe(title, () => {
    let giveBack: (() => Promise<void>) | undefined;

    before(async function () {
      if (process.env['CHROMA_TLS_MAY_CHANGE_MACHINE'] !== 'true') {
        skipBecause(this, "changes this machine's store: only as root, without --no-install");
      }
      // The other group may take as long as it needs.
      this.timeout(0);
      giveBack = await takeFileLock(LOCK, {
        doing: 'testing',
        explain: () => ({ code: 'machine-locked', what: 'Another test changes this machine.' }),
      });
    });
    tests();
    // Mocha runs the hooks of a group in their order: the group's own ones have put all back.
    after(() => giveBack?.());
  });
}
