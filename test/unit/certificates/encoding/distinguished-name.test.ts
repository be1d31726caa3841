import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readCommonName } from '../../../../src/certificates/encoding/distinguished-name.ts';
import { issue } from '../pki-fixture.ts';

describe('what somebody is called', () => {
  it('is the common name, whatever stands in it, or else all of the name', async () => {
    const { certificate } = await issue({ name: 'Smith\\, Jones' });
    assert.equal(readCommonName(certificate.subject), 'Smith, Jones');
    assert.equal(readCommonName('C=US\nO=Chroma\nCN=Chroma TLS CA for a'), 'Chroma TLS CA for a');
    assert.equal(readCommonName('C=US\nO=CN=Chroma'), 'C=US, O=CN=Chroma');
    assert.equal(readCommonName(undefined), '');
  });
});
