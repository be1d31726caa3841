import {
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type TlsOptions,
} from 'node:tls';
import { parseCertificates } from '../certificates/encoding/pem-certificates.ts';
import {
  coversName,
  readNames,
  type ReadNames,
} from '../certificates/inspect/certificate-names.ts';
import { findNamesLeaf } from '../certificates/inspect/names-leaf.ts';
import { quietly } from '../system/quietly.ts';
import type { ServedFiles } from './served-files.ts';

/**
 * What a TLS server shows to clients that ask for it by one of its host names: the certificate for host
 * names alone, where there is one. All other clients are shown the ordinary one.
 */
export class NamesContext {
  readonly #common: SecureContextOptions;
  #chosen: { readonly names: ReadNames; readonly context: SecureContext } | undefined;

  /** @param common what every context of the server has besides its certificate and key */
  constructor(common: SecureContextOptions) {
    this.#common = common;
  }

  /** Shows these files from now on. What does not fit counts as none. */
  reload({ certificate, key, names: cert }: ServedFiles): void {
    this.#chosen = quietly(() => {
      if (cert === undefined) return undefined;
      const leaf = findNamesLeaf(cert, parseCertificates(certificate));
      const context = createSecureContext({ ...this.#common, cert, key });
      return leaf && { names: readNames(leaf), context };
    });
  }

  /** For the server's `SNICallback`; without a context of ours it takes its own. */
  readonly choose: NonNullable<TlsOptions['SNICallback']> = (name, answer) => {
    const value = name.toLowerCase();
    const chosen = this.#chosen;
    answer(
      null,
      chosen && coversName(chosen.names, { kind: 'dns', value }) ? chosen.context : undefined,
    );
  };
}
