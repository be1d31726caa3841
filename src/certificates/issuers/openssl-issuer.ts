import { X509Certificate } from 'node:crypto';
import { ExplainedError } from '../../system/errors.ts';
import type { Outcome } from '../../system/processes/program.ts';
import { readAuthority, writeAuthority } from '../issue/authority.ts';
import { randomSerial } from '../issue/profile.ts';
import { authorityValidity, leafValidity, validityOf, type Validity } from '../issue/validity.ts';
import type { Issuer, Leaf, LeafRequest } from '../issue/issuer.ts';
import { RUNNER_FILES, keyArgs, requestArgs, cookbookArgs, signArgs } from './openssl-commands.ts';
import {
  renderAuthorityConfig,
  renderBookConfig,
  renderConfig,
  SECTIONS,
  type ConfigRequest,
} from './openssl-config.ts';
import { explainOpensslFailure } from './openssl-problems.ts';

/** What an issuer works with. */
export interface IssuerOptions extends ConfigRequest {
  readonly workspace: string;
  readonly containerCommand: string;
  readonly signal: AbortSignal;
  /** Hears what takes long, as a phrase such as `pulling the image (2 of 5 layers)`. */
  readonly report: (step: string) => void;
}

/** Where OpenSSL works: a few files that only we can read, and the program beside them. */
export interface OpensslRunner {
  /** Writes a file that only we can read. */
  put(file: string, text: string): Promise<void>;
  take(file: string): Promise<string>;
  /** Runs OpenSSL among the files. */
  openssl(args: readonly string[]): Promise<Outcome>;
}

/** Milliseconds; RSA-4096 on a slow machine takes some of them. */
export const PATIENCE = 60_000;

/**
 * Makes certificates with OpenSSL, wherever the runner has it.
 *
 * @throws ExplainedError `openssl-failed`, from each of its functions
 */
export async function opensslIssuer(
  runner: OpensslRunner,
  request: ConfigRequest,
): Promise<Issuer> {
  const { book, bookConfig, serial } = RUNNER_FILES;
  await runner.put(RUNNER_FILES.config, renderConfig(request));
  await runner.put(bookConfig, renderBookConfig({ database: book, serial }));
  await runner.put(book, '');

  const must = async (args: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await runner.openssl(args);
    if (exitCode !== 0) throw new ExplainedError(explainOpensslFailure(stderr));
  };
  const makeKey = async (keyType: LeafRequest['keyType'], file: string): Promise<void> => {
    // LibreSSL writes into the file that it finds, and keeps its mode.
    await runner.put(file, '');
    await must(keyArgs(keyType, file));
  };
  const sign = async (plan: Parameters<typeof signArgs>[0]): Promise<void> => {
    await runner.put(serial, `${randomSerial()}\n`);
    await must(signArgs(plan));
  };
  const takeLeaf = async (): Promise<Leaf> => ({
    certificate: new X509Certificate(await runner.take(RUNNER_FILES.certificate)),
    keyPem: await runner.take(RUNNER_FILES.key),
  });
  const makeLeaf = async (
    { keyType }: LeafRequest,
    issuer: Parameters<typeof signArgs>[0]['issuer'],
    validity: Validity,
  ): Promise<Leaf> => {
    await makeKey(keyType, RUNNER_FILES.key);
    await must(requestArgs(RUNNER_FILES.key, RUNNER_FILES.config));
    await sign({ issuer, section: SECTIONS.leaf, validity });
    return takeLeaf();
  };

  return {
    async createAuthority({ label, keyType, now }) {
      const key = RUNNER_FILES.authorityKey;
      await runner.put(RUNNER_FILES.authorityConfig, renderAuthorityConfig(label));
      await makeKey(keyType, key);
      await must(requestArgs(key, RUNNER_FILES.authorityConfig));
      const validity = authorityValidity(now);
      await sign({ issuer: { ownKey: key }, section: SECTIONS.authority, validity });
      return readAuthority(
        (await runner.take(key)) + (await runner.take(RUNNER_FILES.certificate)),
      );
    },

    async issueLeaf(authority, request) {
      await runner.put(RUNNER_FILES.authority, writeAuthority(authority));
      return makeLeaf(
        request,
        'authority',
        leafValidity(request, validityOf(authority.certificate)),
      );
    },

    issueSelfSigned: (request) =>
      makeLeaf(request, { ownKey: RUNNER_FILES.key }, leafValidity(request)),

    async issueCookbook() {
      await runner.put(RUNNER_FILES.key, '');
      await must(cookbookArgs());
      return takeLeaf();
    },
  };
}
