import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CLIENTS } from '../../../src/clients/catalogue.ts';
import { writeClientsDocument } from '../../real/clients/clients-document.ts';
import { OTHERS, RUNNABLES } from '../../real/clients/runnables.ts';
import { assertDocument } from '../../real/fixtures/generated-document.ts';

describe('docs/clients.md', () => {
  it('says which clients are run, and how each refuses a server', () =>
    assertDocument('docs/clients.md', writeClientsDocument()));

  it('knows of each client whether it is run', () => {
    assert.deepEqual(
      [...RUNNABLES.map(({ id }) => id), ...Object.keys(OTHERS)].toSorted(),
      CLIENTS.map(({ id }) => id).toSorted(),
    );
  });
});
