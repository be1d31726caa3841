import { execFile } from 'node:child_process';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cookbook, freshFolder, mkcert, type Maker } from '../../../../scripts/bench/makers.mjs';
import { certificateFiles } from '../../../../src/project/certificate-files.ts';
import { findPart } from '../../../parts.ts';
import { SEEDS, type Served, type Subject } from './subjects.ts';

/** What others make, judged alike; and our kind that is as one of theirs. */
export const PEERS: readonly Subject[] = [
  {
    title: 'the Chroma Cookbook’s openssl command',
    asked: ['localhost'],
    make: () => makeBy(cookbook),
  },
  ...SEEDS,
  { title: 'openssl req -x509 by its defaults', asked: ['localhost'], make: makeByOpenssl },
  { title: 'mkcert', asked: ['localhost', '127.0.0.1', '::1'], make: makeByMkcert },
];

const DEFAULT_COMMAND =
  'req -x509 -newkey rsa:2048 -nodes -keyout certs/serverkey.pem -out certs/servercert.pem ' +
  '-subj /CN=localhost -addext subjectAltName=DNS:localhost';

/** What many pages tell people to do; OpenSSL's own configuration says CA:TRUE. */
async function makeByOpenssl(): Promise<Served> {
  const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-peer-'));
  await mkdir(join(workspace, 'certs'));
  await promisify(execFile)('openssl', DEFAULT_COMMAND.split(' '), { cwd: workspace });
  const { certificate, key } = certificateFiles(join(workspace, 'certs'));
  return { certificate, key, ca: certificate };
}

async function makeByMkcert(): Promise<Served> {
  const part = findPart('mkcert');
  if (!part.available) throw new Error(part.reason);
  return makeBy(mkcert(part.path));
}

async function makeBy(maker: Maker): Promise<Served> {
  const folder = await freshFolder(maker);
  await maker.run(folder, 'rsa-2048');
  const { certificate, key, ca = certificate } = maker.files;
  return {
    certificate: join(folder, certificate),
    key: join(folder, key),
    ca: join(folder, ca),
  };
}
