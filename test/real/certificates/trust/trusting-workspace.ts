import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readCandidate } from '../../../../src/certificates/trust/candidate.ts';
import {
  giveTrust,
  removeTrust,
  type ChangeRequest,
  type ChangeResult,
} from '../../../../src/certificates/trust/change-trust.ts';
import { readTrust } from '../../../../src/certificates/trust/read-trust.ts';
import type { TrustStore } from '../../../../src/certificates/trust/stores/store.ts';
import { Workspace } from '../../fixtures/cli.ts';

/** What would have a client go by another store than the one it is asked about. */
const DETOURS = [
  'CURL_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
];

/** The environment of a client that goes by its own store. */
export function withoutDetours(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !DETOURS.includes(name)),
  );
}

/** A workspace whose user has a home of their own, with no browser's database in it. */
export async function openTrustingWorkspace(
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly workspace: Workspace; readonly home: string }> {
  const workspace = await Workspace.create();
  const home = join(dirname(workspace.folder), 'home');
  await mkdir(home);
  Object.assign(workspace.env, { HOME: home }, env);
  // They would lead back to the home of the user who runs the tests.
  for (const name of ['XDG_DATA_HOME', 'XDG_CONFIG_HOME'])
    Reflect.deleteProperty(workspace.env, name);
  return { workspace, home };
}

/** Changes only the stores a test names, in this process and not by the CLI, which knows no such. */
export class NamedStores {
  readonly #workspace: Workspace;
  readonly #stores: readonly TrustStore[];

  constructor(workspace: Workspace, stores: readonly TrustStore[]) {
    this.#workspace = workspace;
    this.#stores = stores;
  }

  async give(): Promise<ChangeResult> {
    const { workspace, folder } = this.#request();
    return giveTrust(await readCandidate(workspace, folder), {
      ...this.#request(),
      agreedStores: this.#stores.map(({ id }) => id),
    });
  }

  async remove(): Promise<ChangeResult> {
    return removeTrust(this.#request());
  }

  /** `trusted`, `not-trusted`… as the stores say, each with `, former` where it holds one. */
  async states(): Promise<readonly string[]> {
    const { workspace, folder } = this.#request();
    const seen = await readTrust(workspace, folder, this.#stores);
    return seen.map(({ state, hasFormer }) => `${state}${hasFormer ? ', former' : ''}`);
  }

  #request(): ChangeRequest & { readonly workspace: string } {
    process.env['CHROMA_TLS_DATA_DIR'] = this.#workspace.env['CHROMA_TLS_DATA_DIR'];
    return {
      workspace: this.#workspace.folder,
      folder: join(this.#workspace.folder, 'certs'),
      hasTerminal: false,
      stores: this.#stores,
    };
  }
}
