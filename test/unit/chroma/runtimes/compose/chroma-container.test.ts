import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  CHROMA_QUESTION,
  type ChromaContainer,
} from '../../../../../src/chroma/runtimes/compose/chroma-container.ts';
import { inspectArgs, parseInspected } from '../../../../../src/containers/container-queries.ts';

const CONTAINER: ChromaContainer = {
  Id: 'a',
  Name: '/a',
  State: { Status: 'running', ExitCode: 0, StartedAt: '2026-01-01T00:00:00.5Z' },
  Image: 'chromadb/chroma:1.5.9',
  Labels: { 'chroma-tls.role': 'server' },
  Ports: { '8443/tcp': [{ HostIp: '127.0.0.1', HostPort: '8000' }], '8000/tcp': null },
  Bindings: { '8443/tcp': [{ HostIp: '127.0.0.1', HostPort: '8000' }] },
  NetworkMode: 'bridge',
  Mounts: null,
  UvicornTls: false,
  RunsPython: false,
  DataSigns: [],
};

describe('what an engine says of a Chroma container', () => {
  it('is asked as JSON on one line, in a form that Docker 20.10 and Podman fill in', () => {
    const args = inspectArgs(['a'], CHROMA_QUESTION);
    const format = args[args.indexOf('--format') + 1] ?? '';
    assert.equal(format.includes('{{json .}}'), false);
    assert.doesNotMatch(format, /\{\{json \.Config\.(Env|Cmd)/, 'their values stay where they are');
    // What is only there where a container says it: none does here.
    const plain = format.replace(/\[\{\{range .*\{\{end\}\}""\]/, '[]');
    const filled = plain.replaceAll(/\{\{json [^}]+\}\}/g, '1');
    assert.deepEqual(Object.keys(JSON.parse(filled) as object), [
      'Id',
      'Name',
      'State',
      'Image',
      'Labels',
      'Ports',
      'Bindings',
      'NetworkMode',
      'Mounts',
      'UvicornTls',
      'RunsPython',
      'DataSigns',
    ]);
  });

  it('is read as one object a line', () => {
    const printed = [CONTAINER, CONTAINER].map((one) => JSON.stringify(one)).join('\n');
    const read = parseInspected('docker', `${printed}\n`, CHROMA_QUESTION);
    assert.deepEqual(read, [CONTAINER, CONTAINER]);
  });

  it('is refused where it makes no sense, so that no container is left out unseen', () => {
    const good = JSON.stringify(CONTAINER);
    for (const bad of ['Emulate Docker CLI using podman.', '{}', '[]', 'null', good.slice(1)]) {
      assert.throws(() => parseInspected('docker', `${good}\n${bad}`, CHROMA_QUESTION), {
        code: 'engine-not-understood',
      });
    }
  });
});
