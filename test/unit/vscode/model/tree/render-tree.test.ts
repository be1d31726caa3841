import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { addFailure } from '../../../../../src/certificates/public/renewal-record.ts';
import type { Snapshot } from '../../../../../src/chroma/status/snapshot.ts';
import { DEFAULT_SETTINGS } from '../../../../../src/project/settings.ts';
import { renderTree } from '../../../../../src/vscode/model/tree/render-tree.ts';
import type { TreeNode } from '../../../../../src/vscode/model/tree/tree-node.ts';
import {
  certificate,
  EXTERNAL_SAMPLES,
  NOW,
  SAMPLES,
  SERVER,
  TRACKED,
  trust,
  DOMAIN_MISMATCH,
} from '../../samples.ts';

describe('the view', () => {
  it('is empty, and so shows its welcome, until there is something to show', () => {
    assert.deepEqual(render(SAMPLES.unconfigured), []);
    for (const kind of ['no-folder', 'untrusted', 'unchosen'] as const) {
      assert.deepEqual(renderTree({ kind }, NOW), []);
    }
  });

  it('shows server, certificate and domain in every other state', () => {
    for (const [state, snapshot] of Object.entries(SAMPLES)) {
      if (state === 'unconfigured') continue;
      const nodes = render(snapshot);
      assert.deepEqual(
        nodes.map(({ label }) => label),
        // The folder has not been read yet.
        state === 'checking' ? ['Server'] : ['Server', 'Certificate', 'Domain'],
      );
      assert.equal(nodes[0]?.contextValue, `server.${state}`);
    }
  });

  it('shows a running server with its facts', () => {
    assert.deepEqual(lines(find(render(SAMPLES.healthy), 'server')), [
      'Address: https://localhost:8000',
      'Runtime: Container',
      'Image: chromadb/chroma:1.5.9',
      'TLS: nginx beside the server',
    ]);
  });

  it('does not change with the round trip', () => {
    const { probe } = SAMPLES.healthy;
    assert.ok(probe?.ok);
    const later: Snapshot = { ...SAMPLES.healthy, probe: { ...probe, latencyMs: 99, at: NOW + 1 } };
    assert.deepEqual(render(later), render(SAMPLES.healthy));
  });

  it('shows the certificate with its names, expiry and fingerprint', () => {
    const node = find(render(SAMPLES.healthy), 'certificate');
    assert.equal(node.description, 'Expires in 100 days');
    assert.deepEqual(lines(node), [
      'Names: localhost, 127.0.0.1, ::1',
      'Expires: in 100 days',
      'Renewal: 2027-01-29 (This folder’s authority)',
      'Trust: Checking…',
      'Details: ',
    ]);
    const details = find(node.children, 'details');
    assert.equal(details.isFolded, true);
    assert.deepEqual(lines(details), [
      'Valid: 2026-11-23 to 2027-03-04',
      'Signed by: Chroma TLS CA for demo',
      'Key: ECDSA P-256',
      'Serial: 01',
      'SHA-256: AB:AB:AB:AB:AB:AB:AB:AB…',
    ]);
    const { tooltip, copies } = find(details.children, 'fingerprint');
    assert.match(tooltip, /(AB:){31}AB$/);
    assert.match(copies, /^(AB:){31}AB$/);
  });

  it('shows where the certificate comes from, when it is renewed, and what came of it', () => {
    const renewal = {
      source: { kind: 'certbot', lineage: 'chroma.example', live: '/live/chroma.example' },
      record: addFailure({}, NOW, { code: 'refused', what: 'The key cannot be read.' }),
    } as const;
    const row = (snapshot: Snapshot): TreeNode =>
      find(find(render(snapshot), 'certificate').children, 'renewal');
    const shown = row({ ...SAMPLES.stopped, renewal });
    assert.equal(shown.description, '2027-01-29 (certbot (chroma.example))');
    assert.equal(shown.contextValue, 'renewal.here');
    assert.match(
      shown.tooltip,
      /certbot renews it.*\nThe last attempt failed on 2026-11-24 12:00 UTC: The key/s,
    );
    const imported = row({
      ...SAMPLES.stopped,
      renewal: { source: { kind: 'imported' }, record: {} },
    });
    assert.equal(imported.description, 'Not renewed here (Imported)');
    assert.equal(imported.contextValue, 'renewal.elsewhere');
  });

  it('leads from a renewal that failed to another attempt', () => {
    const late = NOW + 70 * 86_400_000;
    const record = addFailure({}, late, { code: 'dns', what: 'No such name.', next: 'Set it.' });
    const renewal = { source: { kind: 'own-authority' }, record } as const;
    const nodes = render({ ...SAMPLES.stopped, renewal }, late);
    const [problem] = find(nodes, 'certificate').children;
    assert.equal(problem?.label, 'Renewal failed');
    assert.equal(problem.copies, 'It could not be renewed. No such name. Set it.');
    assert.equal(problem.click?.command, 'chromaTls.renewCertificate');
  });

  it('shows who trusts the authority, and what may be done about it', () => {
    const lineOf = (snapshot: Snapshot): TreeNode =>
      find(find(render(snapshot), 'certificate').children, 'trust');
    const shown = (['stopped', 'unreachable', 'degraded', 'stopping'] as const).map((state) => {
      const { description, contextValue } = lineOf(SAMPLES[state]);
      return [contextValue, description];
    });
    assert.deepEqual(shown, [
      ['trust.none', 'Not trusted by system, Chromium'],
      ['trust.some', 'Trusted by system; not by Chromium'],
      ['trust.all', 'Trusted by system, Chromium'],
      [
        'trust.former',
        'Not trusted by system, Chromium. A former authority is still trusted by system.',
      ],
    ]);
    const problem = { code: 'nss-tools-missing', what: 'It cannot be read.', next: 'Install it.' };
    const unread = lineOf({
      ...SAMPLES.stopped,
      trust: trust({ state: 'trusted' }, { state: 'unknown', problem }),
    });
    assert.equal(unread.description, 'Trusted by system; unknown: Chromium');
    assert.match(unread.tooltip, /nssdb\): It cannot be read\. Install it\./);
  });

  it('puts what is wrong with the certificate under it, and marks the domain', () => {
    const nodes = render({ ...SAMPLES.stopped, certificate: certificate(DOMAIN_MISMATCH) });
    const [problem] = find(nodes, 'certificate').children;
    assert.equal(problem?.label, 'Wrong name');
    assert.equal(problem.description, undefined);
    assert.equal(problem.copies, DOMAIN_MISMATCH.what);
    assert.equal(problem.copies, DOMAIN_MISMATCH.what);
    assert.equal(find(nodes, 'domain').icon?.name, 'warning');
  });

  it('leads from a key that git tracks to its cure', () => {
    const nodes = render({ ...SAMPLES.stopped, certificate: certificate(TRACKED) });
    const [problem] = find(nodes, 'certificate').children;
    assert.equal(problem?.label, 'Key is in git');
    assert.equal(problem.click?.command, 'chromaTls.untrackKey');
  });

  it('shows that a certificate file is missing', () => {
    const message = 'serverkey.pem is missing.';
    const nodes = render({
      ...SAMPLES.stopped,
      certificate: { kind: 'broken', problems: [{ code: 'half-pair', what: message }] },
    });
    const node = find(nodes, 'certificate');
    assert.equal(node.description, 'Broken');
    assert.deepEqual(
      node.children.map(({ label, copies }) => [label, copies]),
      [['File is missing', message]],
    );
  });

  it('says why a server failed, and leads to the cure', () => {
    const [line] = find(render(SAMPLES.failed), 'server').children;
    assert.equal(line?.label, 'Port is taken');
    assert.equal(line.description, undefined);
    assert.match(
      line.tooltip,
      /^Port 8000 is taken\..*Port 8001 is free\.\nClick to cure it: Use Port 8001$/,
    );
    assert.deepEqual(line.click?.arguments, [{ port: 8001 }]);
  });

  it('shows an invalid domain', () => {
    const nodes = render({ ...SAMPLES.healthy, domain: 'a,IP:10.0.0.1' });
    assert.equal(find(nodes, 'domain').icon?.name, 'warning');
    assert.equal(find(nodes, 'server').children[0]?.label, 'Runtime');
  });

  it('calls what a local server runs a program', () => {
    const server = { ...SERVER, runtime: 'local', tls: 'embedded', image: 'chroma 1.5.9' } as const;
    const nodes = render({ ...SAMPLES.healthy, observation: { kind: 'running', server } });
    assert.ok(lines(find(nodes, 'server')).includes('Program: chroma 1.5.9'));
  });

  it('says which image runs and which is chosen, and that a restart brings it', () => {
    const imageRow = (
      image: string,
      snapshot: Snapshot = SAMPLES.healthy,
    ): TreeNode | undefined => {
      const settings = { settings: { ...DEFAULT_SETTINGS, image } };
      const { children } = find(render({ ...snapshot, settings }), 'server');
      return children.find(({ id }) => id === 'image');
    };
    const same = imageRow('docker.io/chromadb/chroma:1.5.9');
    assert.deepEqual([same?.description, same?.contextValue], ['chromadb/chroma:1.5.9', 'image']);
    const other = imageRow('chromadb/chroma:1.5.8');
    assert.deepEqual(
      [other?.description, other?.contextValue],
      ['runs 1.5.9, 1.5.8 chosen', 'image.other'],
    );
    assert.equal(imageRow('mine:1.0')?.description, 'runs chromadb/chroma:1.5.9, mine:1.0 chosen');
    assert.equal(imageRow('mine:1.0', SAMPLES.stopped)?.description, 'mine:1.0');
    assert.equal(imageRow('mine:1.0', EXTERNAL_SAMPLES.healthy), undefined);
  });

  it('does with a click what a line is for', () => {
    const clicks = Object.values(SAMPLES)
      .flatMap((snapshot) => render(snapshot))
      .flatMap(flatten)
      .filter(({ id }) => !id.startsWith('problem.') && id !== 'failure')
      // While the stores are asked, there is nothing to do about trust.
      .filter(({ description }) => description !== 'Checking…')
      .map(({ id, click }) => [id, click && [click.command, ...click.arguments].join(' ')]);
    assert.deepEqual(Object.fromEntries(clicks), {
      server: 'chromaTls.showStatus',
      address: 'chromaTls.copyEndpoint',
      runtime: 'workbench.action.openSettings @id:chromaTls.runtime',
      image: 'chromaTls.selectImage',
      tls: 'workbench.action.openSettings @id:chromaTls.tlsTermination',
      certificate: 'chromaTls.openCertificate',
      names: 'chromaTls.openCertificate',
      expiry: 'chromaTls.openCertificate',
      renewal: 'chromaTls.renewCertificate',
      trust: 'chromaTls.trustCertificate',
      details: undefined,
      validity: undefined,
      issuer: undefined,
      key: undefined,
      serial: undefined,
      fingerprint: undefined,
      domain: 'chromaTls.setDomain',
    });
  });

  it('reads out the text of a line first, and then what only its icon says', () => {
    const all = [...Object.values(SAMPLES), ...Object.values(EXTERNAL_SAMPLES)];
    for (const node of all.flatMap((snapshot) => render(snapshot)).flatMap(flatten)) {
      assert.ok(node.accessibleLabel.startsWith(node.label), node.accessibleLabel);
      assert.ok(node.accessibleLabel.includes(node.description?.replace(/\.$/, '') ?? ''), node.id);
      assert.doesNotMatch(node.accessibleLabel, /\.\.|\.$|undefined/);
      // Where it says more than its text, so does what is read out.
      if (/^(warning|error)$/.test(node.icon?.name ?? '')) {
        assert.notEqual(node.accessibleLabel, `${node.label}: ${node.description ?? ''}`);
      }
      assert.doesNotMatch([node.tooltip, node.copies].join(), /undefined/);
    }
    const said = (id: string): string => find(render(SAMPLES.degraded), id).accessibleLabel;
    assert.equal(said('certificate'), 'Certificate: Expires in 100 days. 1 problem');
    assert.equal(said('domain'), 'Domain: chroma.test. The certificate does not cover it');
    assert.equal(
      find(render(SAMPLES.failed), 'server').children[0]?.accessibleLabel,
      'Port is taken, error. Port 8000 is taken. It is held by python (process 7). Port 8001 is free. Cure: Use Port 8001',
    );
  });

  it('gives every line an id of its own', () => {
    for (const snapshot of [...Object.values(SAMPLES), ...Object.values(EXTERNAL_SAMPLES)]) {
      const ids = render(snapshot)
        .flatMap(flatten)
        .map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, ids.join(' '));
    }
  });
});

describe('the view of a server that someone else runs', () => {
  it('shows its address and the certificate it serves, not the one on the disk', () => {
    const nodes = render(EXTERNAL_SAMPLES.healthy);
    assert.deepEqual(lines(find(nodes, 'server')), [
      'Address: https://chroma.example:443',
      'Runtime: Someone else’s server',
      'TLS: Set up by someone else',
    ]);
    const served = find(nodes, 'certificate');
    assert.equal(served.description, 'Expires in 50 days');
    assert.ok(lines(find(served.children, 'details')).includes('Signed by: Their CA'));
    assert.equal(find(nodes, 'domain').icon?.name, 'globe');
  });

  it('offers neither start, stop nor restart on any line', () => {
    for (const snapshot of Object.values(EXTERNAL_SAMPLES)) {
      for (const { contextValue } of render(snapshot).flatMap(flatten)) {
        assert.doesNotMatch(contextValue, /^(server|certificate)\./);
      }
    }
  });

  it('puts what is wrong with the certificate it serves under it', () => {
    const node = find(render(EXTERNAL_SAMPLES.degraded), 'certificate');
    assert.equal(node.children[0]?.label, 'Expires soon');
    assert.equal(node.children[0].tooltip, 'It expires in 9 days.');
  });

  it('says that a certificate was refused, and shows nothing of it', () => {
    const nodes = render(EXTERNAL_SAMPLES.unreachable);
    assert.match(find(nodes, 'server').children[0]?.tooltip ?? '', /authority .* does not know/);
    const node = find(nodes, 'certificate');
    assert.equal(node.description, 'Not verified');
    assert.deepEqual(node.children, []);
  });

  it('is empty, and so shows its welcome, until the address is set', () => {
    assert.deepEqual(render(EXTERNAL_SAMPLES.unconfigured), []);
  });

  it('names an invalid domain', () => {
    const nodes = render(EXTERNAL_SAMPLES.failed);
    const [problem] = find(nodes, 'server').children;
    assert.equal(problem?.label, 'Invalid name');
    assert.equal(problem.copies, '"a b" cannot be the name of a server.');
    assert.equal(problem.click?.command, 'chromaTls.setDomain');
    assert.equal(find(nodes, 'certificate').description, 'Not seen yet');
  });
});

function render(snapshot: Snapshot, now = NOW): readonly TreeNode[] {
  return renderTree({ kind: 'folder', snapshot }, now);
}

function find(nodes: readonly TreeNode[], id: string): TreeNode {
  const node = nodes.find((candidate) => candidate.id === id);
  assert.ok(node, id);
  return node;
}

function lines({ children }: TreeNode): readonly string[] {
  return children.map(({ label, description }) => `${label}: ${description ?? ''}`);
}

function flatten(node: TreeNode): readonly TreeNode[] {
  return [node, ...node.children.flatMap(flatten)];
}
