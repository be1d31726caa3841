import { execFileSync } from 'node:child_process';
import { findProgram } from '../src/system/processes/program-path.ts';
import { skipBecause } from './harness/skip-reasons.ts';

/** What `npm test` installs, by name, and what a test may know of each (see `scripts/parts`). */
export interface Parts {
  docker: { version: string };
  /** The plugin: `docker compose`. */
  'compose v2': { version: string };
  /** The old program; `docker-compose` on PATH may be another one. */
  'compose v1': Program;
  /** With the images as `docker.io/…`; `env` makes it find its configuration. */
  podman: Program & { env: Record<string, string> };
  'podman-compose': Program;
  /** An image registry as a program (see `test/real/registry.ts`). */
  registry: Program;
  /** Chroma in virtual environments: no Docker needed. The 0.x ones hold their Python clients too. */
  'chroma 1.5.9': PythonChroma;
  'chroma 0.6.3': PythonChroma;
  'chroma 0.5.13': PythonChroma;
  /** `env` gives it the bench's cache. */
  uv: Program & { env: Record<string, string> };
  /** For npm's Chroma, which needs glibc 2.38. */
  'node on a newer glibc': Program;
  /** The same programs as in the images, without Docker. */
  envoy: Program;
  nginx: Program;
  'image chromadb/chroma:0.4.22': Image;
  'image chromadb/chroma:0.4.24': Image;
  'image chromadb/chroma:0.5.0': Image;
  'image chromadb/chroma:0.5.13': Image;
  'image chromadb/chroma:0.6.3': Image;
  'image chromadb/chroma:1.5.9': Image;
  'image envoyproxy/envoy:v1.40.0': Image;
  'image nginx:1.29-alpine': Image;
  'image openquantumsafe/openssl3': Image;
  'vscode-server': VsCodeServer;
  /** The oldest that the extension supports. */
  'vscode-server 1.105': VsCodeServer;
  chromium: { path: string };
  /** A module with chroma-go beside it, in which programs are compiled. */
  'go client': { folder: string; env: Record<string, string> };
  /** A package that has chroma compiled, beside which programs are compiled. */
  'rust client': { folder: string };
  ruby: Program;
  /** LangChain4j. */
  'java client': { classpath: string };
  /** LangChain and LlamaIndex. */
  'python clients': { python: string };
  /** `env` has what it fetched of Chroma's client. */
  deno: Program & { env: Record<string, string> };
  /** A JavaScript runtime on BoringSSL, as desktop VS Code is. */
  bun: { command: string };
  'devcontainer cli': Program;
  mkcert: { path: string; version: string };
  zlint: { path: string; version: string };
  /** The ACME authority that Let's Encrypt made for tests (see `test/real/fixtures/acme/pebble.ts`). */
  pebble: { path: string; version: string };
  /** The DNS server that Pebble asks. */
  'pebble-challtestsrv': { path: string; version: string };
  /** Debian's, of 2022. */
  certbot: Program;
  /** PyPI's newest. */
  'certbot new': Program;
  /** A stand-in for AWS (see `test/real/fixtures/moto.ts`). */
  moto: Program;
  /** Chroma's own MCP server. */
  'chroma-mcp': Program;
  sslscan: Program;
  firefox: Program;
  java: Program;
  /** NSS's certutil. */
  'nss tools': Program;
  /** Runs a program by another clock: `faketime -f +1d PROGRAM …`. */
  faketime: Program;
  /** A name server. */
  nsd: Program;
  sudo: Program;
  /** A JavaScript client of Chroma: the folder `node_modules` that has it. */
  [client: `client ${string}`]: { modules: string };
  /** A command that speaks the protocol of `test/verifiers/README.md`. */
  [verifier: `verifier ${string}`]: { command: readonly [string, ...string[]] };
}

interface Program {
  command: string;
  version: string;
}

interface PythonChroma extends Program {
  python: string;
  folder: string;
}

interface VsCodeServer {
  node: string;
  serverMain: string;
  version: string;
}

/** Pulled from a registry, or built here as something that behaves like it. */
interface Image {
  origin: 'pulled' | 'equivalent';
}

type Found<Facts> = ({ available: true } & Facts) | { available: false; reason: string };
type Report = { [Name in keyof Parts]?: Found<Parts[Name]> };

const report: Report = {};

/**
 * The part's facts; it is installed if need be. Where it is missing the test, or from a `before` hook
 * the group, is skipped, with the reason in the summary; with `CI=true` it fails, as everything can
 * be installed there. A test and a hook ask for their parts before anything else.
 */
export function requirePart<Name extends keyof Parts>(
  context: Mocha.Context,
  name: Name,
): Parts[Name] {
  waitForParts(context, [name]);
  const found = findPart(name);
  if (found.available) return found;
  const reason = `needs ${name}: ${found.reason}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return skipBecause(context, reason);
}

/** Has several parts installed at the same time. Waiting for them is not the test's own time. */
export function waitForParts(context: Mocha.Context, names: readonly (keyof Parts)[]): void {
  const began = Date.now();
  const unknown = names.filter((name) => report[name] === undefined);
  if (unknown.length > 0) Object.assign(report, askFor(unknown));
  if (context.timeout() > 0) context.timeout(context.timeout() + Date.now() - began);
}

/** The part's facts, or why it is missing. */
export function findPart<Name extends keyof Parts>(name: Name): Found<Parts[Name]> {
  if (report[name] === undefined) Object.assign(report, askFor([name]));
  const found: Found<Parts[Name]> | undefined = report[name];
  return found ?? { available: false, reason: 'nobody knows it' };
}

/**
 * A program that machines have or have not; nothing here installs it. Missing it skips the test,
 * or with `CI=true` fails it.
 */
export async function requireProgram(context: Mocha.Context, name: string): Promise<void> {
  if ((await findProgram(name)) !== undefined) return;
  const reason = `needs ${name}, which is not on this machine`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  skipBecause(context, reason);
}

const GET = `require('node:http').get(process.argv[1], (answer) => answer.pipe(process.stdout))`;

/** From `scripts/parts/serve-parts.mjs`, and waited for: nothing else goes on in a hook meanwhile. */
function askFor(names: readonly (keyof Parts)[]): Report {
  const address = process.env['CHROMA_TLS_PARTS'];
  if (address === undefined) throw new Error('CHROMA_TLS_PARTS is not set: run this by `npm test`');
  const question = new URLSearchParams();
  for (const name of names) question.append('name', name);
  const url = `${address}?${question.toString()}`;
  return JSON.parse(
    execFileSync(process.execPath, ['-e', GET, url], { encoding: 'utf8' }),
  ) as Report;
}
