// What is made, side by side: what the certificate says, and how its keys are kept.
import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { execa } from 'execa';
import { progress, reasonOf } from '../parts/bench.mjs';
import { goProgramWithin } from './go-program.mjs';
import { freshFolder, makers } from './makers.mjs';

/** @typedef {import('./makers.mjs').Maker} Maker */

const NAME_CONSTRAINTS = '2.5.29.30';
const DAY = 86_400_000;
/** Milliseconds for a linter that has to be compiled. */
const PATIENCE = 150_000;

/** @returns {Promise<string>} a section of docs/comparison.md */
export async function issuedProfile() {
  const all = Object.values(await makers());
  const lint = await linter();
  const columns = await Promise.all(all.map((maker) => describe(maker, lint)));
  const rows = Object.keys(columns[0] ?? {}).map((fact) =>
    [fact, ...columns.map((column) => column[fact] ?? '')].join(' | '),
  );
  return `Each by its defaults, for localhost; read from the files. Which clients accept it is in
[verifiers.md](verifiers.md).

| | ${all.map(({ title }) => title).join(' | ')} |
| - | ${all.map(() => '-').join(' | ')} |
${rows.map((row) => `| ${row} |`).join('\n')}`;
}

/**
 * @param {Maker} maker
 * @param {(file: string) => Promise<string>} lint
 * @returns {Promise<Record<string, string>>}
 */
async function describe(maker, lint) {
  const folder = await freshFolder(maker);
  await maker.run(folder, maker.title === 'Chroma TLS' ? 'ecdsa-p256' : 'rsa-2048');
  const pem = await readFile(join(folder, maker.files.certificate), 'utf8');
  const leaf = new x509.X509Certificate(pem.slice(0, pem.indexOf('-----END')) + END);
  const read = new X509Certificate(pem);
  const ca = maker.files.ca && (await readFile(join(folder, maker.files.ca), 'utf8'));
  return {
    key: nameKey(read),
    'names (SAN)': read.subjectAltName ?? 'none',
    subject: leaf.subject || 'empty',
    'days it lasts': days(leaf),
    'CA flag': describeConstraints(leaf),
    'extended key usage': describeUsage(leaf),
    'key identifiers': describeIdentifiers(leaf),
    'serial number': `${String(leaf.serialNumber.replace(/^0+/, '').length * 4)} bits`,
    'signed by': ca ? 'its own authority' : 'itself',
    'authority may sign': ca ? describeAuthority(new x509.X509Certificate(ca)) : '–',
    'authority lasts (days)': ca ? days(new x509.X509Certificate(ca)) : '–',
    'key file mode': await mode(join(folder, maker.files.key)),
    'certificate file mode': await mode(join(folder, maker.files.certificate)),
    'authority key': await describeAuthorityKey(folder, maker),
    'zlint, RFC rules': await lint(join(folder, maker.files.certificate)),
    'Git ignores the key': (await ignoresKey(folder)) ? 'yes' : 'no',
  };
}

const END = '-----END CERTIFICATE-----\n';

/** @param {X509Certificate} certificate */
function nameKey({ publicKey: { asymmetricKeyType, asymmetricKeyDetails } }) {
  return asymmetricKeyType === 'rsa'
    ? `RSA-${String(asymmetricKeyDetails?.modulusLength)}`
    : `ECDSA ${asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'P-256' : ''}`;
}

/** @param {x509.X509Certificate} certificate */
function days({ notBefore, notAfter }) {
  return String(Math.round((notAfter.getTime() - notBefore.getTime()) / DAY));
}

/** @param {x509.X509Certificate} certificate */
function describeConstraints(certificate) {
  const found = certificate.getExtension(x509.BasicConstraintsExtension);
  if (!found) return 'absent';
  return `CA:${found.ca ? 'TRUE' : 'FALSE'}${found.critical ? ', critical' : ''}`;
}

/** @param {x509.X509Certificate} certificate */
function describeUsage(certificate) {
  const found = certificate.getExtension(x509.ExtendedKeyUsageExtension);
  if (!found) return 'absent: any';
  return found.usages
    .map((usage) => (usage === x509.ExtendedKeyUsage.serverAuth ? 'server' : String(usage)))
    .join(', ');
}

/** @param {x509.X509Certificate} certificate */
function describeIdentifiers(certificate) {
  const own = certificate.getExtension(x509.SubjectKeyIdentifierExtension) ? ['own'] : [];
  const its = certificate.getExtension(x509.AuthorityKeyIdentifierExtension) ? ["issuer's"] : [];
  return [...own, ...its].join(' and ') || 'absent';
}

/** @param {x509.X509Certificate} authority */
function describeAuthority(authority) {
  const found = authority.getExtension(NAME_CONSTRAINTS);
  if (!found) return 'any name';
  return `only these names${found.critical ? ' (critical)' : ''}`;
}

/**
 * @param {string} folder
 * @param {Maker} maker
 */
async function describeAuthorityKey(folder, { title, files: { caKey } }) {
  if (!caKey) return '–';
  const path = join(folder, caKey);
  const modes = await deepestModes(path);
  return title === 'Chroma TLS'
    ? `${modes}, one for each workspace, outside of it`
    : `${modes}, one for the user`;
}

/** The mode of a file, or of the one file somewhere below a folder and of the folder it lies in. */
async function deepestModes(/** @type {string} */ path) {
  if (!(await stat(path)).isDirectory()) return mode(path);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const [file] = entries.filter((entry) => entry.name === 'authority.pem');
  if (!file) throw new Error(`${path} keeps no authority`);
  const inside = await mode(join(file.parentPath, file.name));
  return `${inside} in ${await mode(file.parentPath)}`;
}

/** @returns {Promise<(file: string) => Promise<string>>} what a linter finds; or why there is none */
async function linter() {
  try {
    const { path } = await goProgramWithin('zlint', PATIENCE);
    return (file) => lint(path, file);
  } catch (error) {
    progress('bench')(`not linted: ${reasonOf(error)}`);
    return () => Promise.resolve(`not measured (${reasonOf(error)})`);
  }
}

/**
 * @param {string} zlint
 * @param {string} file
 */
async function lint(zlint, file) {
  const sources = 'RFC3279,RFC5280,RFC5480,RFC5891,RFC8813';
  const { stdout } = await execa(zlint, ['-includeSources', sources, file]);
  const report = /** @type {Record<string, { result: string }>} */ (
    JSON.parse(stdout.split('\n')[0] ?? '')
  );
  const findings = Object.entries(report).filter(
    ([, { result }]) => !['pass', 'NA', 'NE'].includes(result),
  );
  return findings.map(([name]) => name.replaceAll('_', ' ')).join(', ') || 'clean';
}

/** @param {string} path */
async function mode(path) {
  return `0${((await stat(path)).mode & 0o777).toString(8)}`;
}

/** @param {string} folder */
async function ignoresKey(folder) {
  const text = await readFile(join(folder, 'certs', '.gitignore'), 'utf8').catch(() => '');
  return text.split('\n').includes('serverkey.pem');
}
