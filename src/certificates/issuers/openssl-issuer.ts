import { ExplainedError } from '../../system/errors.ts';
import { readAuthority, writeAuthority } from '../issue/authority.ts';
import { randomSerial } from '../issue/profile.ts';
import { authorityValidity, leafValidity, type Validity } from '../issue/validity.ts';
import * as x509 from '../encoding/x509.ts';
import type { Issuer, Leaf, LeafRequest } from '../issue/issuer.ts';
import { RUNNER_FILES, keyArgs, requestArgs, cookbookArgs, signArgs } from './openssl-commands.ts';
import { renderAuthorityConfig, renderBookConfig, SECTIONS } from './openssl-config.ts';
import { explainOpensslFailure } from './openssl-problems.ts';
import type { OpensslRunner } from './host-runner.ts';

/**
 * Makes certificates by OpenSSL, wherever the OpenSSL runner has it.
 *
 * @param config the text of the workspace's `openssl.cnf`
 * @throws ExplainedError `openssl-failed`, from each of its functions
 */
export async function opensslIssuer(runner: OpensslRunner, config: string): Promise<Issuer> {
  const { book, bookConfig, serial } = RUNNER_FILES;
  await runner.put(RUNNER_FILES.config, config);
  await runner.put(bookConfig, renderBookConfig({ database: book, serial }));
  await runner.put(book, '');

  const must = async (args: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await runner.openssl(args);
    if (exitCode !== 0) throw new ExplainedError(explainOpensslFailure(stderr));
  };
  const makeKey = async (keyType: LeafRequest['keyType'], file: string): Promise<void> => {
    // There first, and for us only: OpenSSL writes into the file that it finds.
    await runner.put(file, '');
    await must(keyArgs(keyType, file));
  };
  const sign = async (plan: Parameters<typeof signArgs>[0]): Promise<void> => {
    await runner.put(serial, `${randomSerial()}\n`);
    await must(signArgs(plan));
  };
  const takeLeaf = async (): Promise<Leaf> => ({
    certificate: new x509.X509Certificate(await runner.take(RUNNER_FILES.certificate)),
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
      await runner.put(RUNNER_FILES.authority, await writeAuthority(authority));
      return makeLeaf(request, 'authority', leafValidity(request, authority.certificate));
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
