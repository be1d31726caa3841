import { ExplainedError } from '../../system/errors.ts';
import { readAuthority, writeAuthority } from '../issue/authority.ts';
import { randomSerial } from '../issue/profile.ts';
import { authorityValidity, leafValidity, type Validity } from '../issue/validity.ts';
import * as x509 from '../encoding/x509.ts';
import type { Engine, Leaf, LeafRequest } from '../issue/issuer.ts';
import { BENCH_FILES, keyArgs, requestArgs, seedArgs, signArgs } from './openssl-commands.ts';
import { renderAuthorityConfig, renderBookConfig, SECTIONS } from './openssl-config.ts';
import { explainOpensslFailure } from './openssl-problems.ts';
import type { Workbench } from './openssl-runner.ts';

/**
 * Makes certificates by OpenSSL, wherever the workbench has it.
 *
 * @param config the text of the workspace's `openssl.cnf`
 * @throws ExplainedError `openssl-failed`, from each of its functions
 */
export async function opensslEngine(bench: Workbench, config: string): Promise<Engine> {
  const { book, bookConfig, serial } = BENCH_FILES;
  await bench.put(BENCH_FILES.config, config);
  await bench.put(bookConfig, renderBookConfig({ database: book, serial }));
  await bench.put(book, '');

  const must = async (args: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await bench.openssl(args);
    if (exitCode !== 0) throw new ExplainedError(explainOpensslFailure(stderr));
  };
  const makeKey = async (keyType: LeafRequest['keyType'], file: string): Promise<void> => {
    // There first, and for us only: OpenSSL writes into the file that it finds.
    await bench.put(file, '');
    await must(keyArgs(keyType, file));
  };
  const sign = async (plan: Parameters<typeof signArgs>[0]): Promise<void> => {
    await bench.put(serial, `${randomSerial()}\n`);
    await must(signArgs(plan));
  };
  const takeLeaf = async (): Promise<Leaf> => ({
    certificate: new x509.X509Certificate(await bench.take(BENCH_FILES.certificate)),
    keyPem: await bench.take(BENCH_FILES.key),
  });
  const makeLeaf = async (
    { keyType }: LeafRequest,
    issuer: Parameters<typeof signArgs>[0]['issuer'],
    validity: Validity,
  ): Promise<Leaf> => {
    await makeKey(keyType, BENCH_FILES.key);
    await must(requestArgs(BENCH_FILES.key, BENCH_FILES.config));
    await sign({ issuer, section: SECTIONS.leaf, validity });
    return takeLeaf();
  };

  return {
    async createAuthority({ label, keyType, now }) {
      const key = BENCH_FILES.authorityKey;
      await bench.put(BENCH_FILES.authorityConfig, renderAuthorityConfig(label));
      await makeKey(keyType, key);
      await must(requestArgs(key, BENCH_FILES.authorityConfig));
      const validity = authorityValidity(now);
      await sign({ issuer: { ownKey: key }, section: SECTIONS.authority, validity });
      return readAuthority((await bench.take(key)) + (await bench.take(BENCH_FILES.certificate)));
    },

    async issueLeaf(authority, request) {
      await bench.put(BENCH_FILES.authority, await writeAuthority(authority));
      return makeLeaf(request, 'authority', leafValidity(request, authority.certificate));
    },

    issueSelfSigned: (request) =>
      makeLeaf(request, { ownKey: BENCH_FILES.key }, leafValidity(request)),

    async issueSeed() {
      await bench.put(BENCH_FILES.key, '');
      await must(seedArgs());
      return takeLeaf();
    },
  };
}
