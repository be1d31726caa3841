import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explain, sayWhy, toProblem } from '../../../src/system/errors.ts';

const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: some words of Node.js`), { code, path: '/home/a/.env' });

describe('a file that the system refuses', () => {
  it('is explained in words of our own, whatever the reason', () => {
    const codes = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE'];
    codes.push('EIO', 'ENOMEM', 'ENAMETOOLONG', 'EBUSY', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP');
    for (const code of codes) {
      const problem = toProblem(systemError(code));
      assert.equal(problem.code, 'file-refused');
      assert.match(explain(problem), /^\/home\/a\/\.env was refused\. [A-Z].+\. [A-Z].+\.$/);
      assert.doesNotMatch(explain(problem), /words of Node|unexpectedly|E[A-Z]{3}/);
    }
  });

  it('is named by its code where we have no words, and what is no file stays unforeseen', () => {
    assert.equal(sayWhy(systemError('EWEIRD')), 'The system refused it (EWEIRD).');
    assert.equal(toProblem(systemError('ECONNRESET')).code, 'unexpected');
    assert.equal(toProblem(new Error('a bug')).code, 'unexpected');
  });
});
