import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { createAuthority } from '../../../../../src/certificates/issue/authority.ts';
import {
  rememberAuthority,
  type KnownAuthority,
} from '../../../../../src/certificates/authorities/known-authorities.ts';
import { javaStore } from '../../../../../src/certificates/trust/stores/java.ts';
import { keychainStore } from '../../../../../src/certificates/trust/stores/keychain.ts';
import {
  ANCHOR_SYSTEMS,
  anchorStore,
} from '../../../../../src/certificates/trust/stores/linux-system.ts';
import { nssStore, parseNicknames } from '../../../../../src/certificates/trust/stores/nss.ts';
import {
  labelFor,
  type Entry,
  type Run,
  type TrustStore,
} from '../../../../../src/certificates/trust/stores/store.ts';
import { windowsStore } from '../../../../../src/certificates/trust/stores/windows-root.ts';
import type { Command, Outcome } from '../../../../../src/system/processes/program.ts';
import { parseServerName } from '../../../../../src/project/domain.ts';
import { makeWorkspace } from '../../workspace-fixture.ts';

const LABEL = 'chroma-tls-0123456789abcdef-fedcba9876543210';

describe('the commands of the trust stores', () => {
  let authority: KnownAuthority;
  let other: KnownAuthority;

  before(async () => {
    const { workspace } = await makeWorkspace();
    const make = async (): Promise<KnownAuthority> => {
      const names = [parseServerName('localhost')];
      const now = new Date();
      const made = await createAuthority({ label: 'demo', names, keyType: 'ecdsa-p256', now });
      return rememberAuthority(workspace, 'made', made.certificate);
    };
    authority = await make();
    other = await make();
  });

  /** What a store runs to take the authority in, and to put it in another's place. */
  function linesOf(store: TrustStore, label: string): { add: string[]; replace: string[] } {
    const add = { authority, label: LABEL };
    const old: Entry = { label, fingerprints: [], trusted: true };
    const line = ({ program, args }: Command): string => [program, ...args].join(' ');
    return {
      add: store.change({ add, remove: [] }).map(line),
      replace: store.change({ add, remove: [old] }).map(line),
    };
  }

  const systems = [
    {
      name: 'Debian, Ubuntu, Alpine',
      file: `/usr/local/share/ca-certificates/${LABEL}.crt`,
      refresh: '/usr/sbin/update-ca-certificates',
      refreshAfterRemoval: '/usr/sbin/update-ca-certificates --fresh',
    },
    {
      name: 'Fedora, RHEL',
      file: `/etc/pki/ca-trust/source/anchors/${LABEL}.pem`,
      refresh: '/usr/bin/update-ca-trust extract',
    },
    {
      name: 'Arch',
      file: `/etc/ca-certificates/trust-source/anchors/${LABEL}.crt`,
      refresh: '/usr/bin/trust extract-compat',
    },
    {
      name: 'openSUSE',
      file: `/etc/pki/trust/anchors/${LABEL}.pem`,
      refresh: '/usr/sbin/update-ca-certificates',
    },
  ];

  for (const { name, file, refresh, refreshAfterRemoval = refresh } of systems) {
    it(name, () => {
      const system = ANCHOR_SYSTEMS.find((one) => one.name === name);
      assert.ok(system);
      const { add, replace } = linesOf(anchorStore(system), file);
      const install = `/usr/bin/install -m 0644 -- ${authority.file} ${file}`;
      assert.deepEqual(add, [install, refresh]);
      assert.deepEqual(replace, [`/bin/rm -f -- ${file}`, install, refreshAfterRemoval]);
    });
  }

  it('no Linux system removes a file that is not an anchor', () => {
    for (const system of ANCHOR_SYSTEMS) {
      const { replace } = linesOf(anchorStore(system), system.bundle);
      assert.ok(!replace.some((line) => line.includes('rm ')), system.name);
    }
  });

  it('macOS', () => {
    const keychain = '/Users/ada/Library/Keychains/login.keychain-db';
    const { add, replace } = linesOf(keychainStore('/Users/ada'), 'AB12');
    const install = `/usr/bin/security add-trusted-cert -r trustRoot -p ssl -p basic -k ${keychain} ${authority.file}`;
    assert.deepEqual(add, [install]);
    assert.deepEqual(replace, [
      `/usr/bin/security delete-certificate -Z AB12 -t ${keychain}`,
      install,
    ]);
  });

  it('Windows', () => {
    const certutil = 'C:\\Windows\\System32\\certutil.exe -user';
    const { add, replace } = linesOf(windowsStore('C:\\Windows'), 'ab12');
    const install = `${certutil} -addstore Root ${authority.file}`;
    assert.deepEqual(add, [install]);
    assert.deepEqual(replace, [`${certutil} -delstore Root ab12`, install]);
  });

  it("NSS, and one more to make a browser's first database", () => {
    const folder = '/home/ada/.pki/nssdb';
    const existing = nssStore({ browser: 'Chromium', folder, exists: true }, undefined);
    const { add, replace } = linesOf(existing, 'old');
    const install = `certutil -A -t C,, -n ${LABEL} -i ${authority.file} -d sql:${folder}`;
    assert.deepEqual(add, [install]);
    assert.deepEqual(replace, [`certutil -D -n old -d sql:${folder}`, install]);
    const fresh = nssStore({ browser: 'Chromium', folder, exists: false }, undefined);
    assert.deepEqual(linesOf(fresh, 'old').add, [
      `mkdir -p -m 0700 -- ${folder}`,
      `certutil -N --empty-password -d sql:${folder}`,
      install,
    ]);
  });

  it('Java, its password in no command line', () => {
    const java = { keytool: '/jdk/bin/keytool', cacerts: '/jdk/lib/security/cacerts' };
    const store = javaStore({ ...java, writable: true });
    const { add, replace } = linesOf(store, 'old');
    const where = `-keystore ${java.cacerts} -storepass:env CHROMA_TLS_JAVA_STOREPASS`;
    const options =
      '-J-Duser.language=en -J-XX:+IgnoreUnrecognizedVMOptions -J-XX:TieredStopAtLevel=1';
    const keytool = `${java.keytool} ${options}`;
    const install = `${keytool} -importcert -noprompt -alias ${LABEL} -file ${authority.file} ${where}`;
    assert.deepEqual(add, [install]);
    assert.deepEqual(replace, [`${keytool} -delete -alias old ${where}`, install]);
    const [command] = store.change({ remove: [{ label: 'old', fingerprints: [], trusted: true }] });
    assert.equal(command?.env?.['CHROMA_TLS_JAVA_STOREPASS'], 'changeit');
  });

  it('labels tell the workspace and the authority', () => {
    const fingerprint = authority.certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    const label = labelFor('0123456789abcdef', authority.certificate);
    assert.equal(label, `chroma-tls-0123456789abcdef-${fingerprint.slice(0, 16)}`);
    // Java folds its aliases to lower case; NSS and file systems keep what they are given.
    assert.equal(label, label.toLowerCase());
  });

  describe('what they say', () => {
    it('macOS: what lies in the keychain, and whether macOS would go by it', async () => {
      const asked: string[] = [];
      const run = recorded((command) => {
        asked.push([command.program, ...command.args].join(' '));
        const verifies = command.args[0] === 'verify-cert';
        if (verifies) return { exitCode: command.args.includes(other.file) ? 1 : 0 };
        return { stdout: authority.certificate.toString() + other.certificate.toString() };
      });
      const entries = await keychainStore('/Users/ada').read(run, [authority, other]);
      assert.deepEqual(
        entries.map(({ label, trusted }) => [label, trusted]),
        [
          [authority.certificate.fingerprint.replaceAll(':', ''), true],
          [other.certificate.fingerprint.replaceAll(':', ''), false],
        ],
      );
      assert.deepEqual(asked.slice(0, 2), [
        '/usr/bin/security find-certificate -a -p /Users/ada/Library/Keychains/login.keychain-db',
        `/usr/bin/security verify-cert -q -L -l -p basic -c ${authority.file}`,
      ]);
    });

    it('Windows: the hashes, in whatever language the rest is', async () => {
      const hash = authority.certificate.fingerprint.replaceAll(':', '').toLowerCase();
      const stdout = `Root "Vertrauenswürdige Stammzertifizierungsstellen"
================ Zertifikat 0 ================
Seriennummer: 5f3a
Zertifikathash(sha1): ${hash}
CertUtil: -store-Befehl wurde erfolgreich ausgeführt.`;
      const run = recorded(() => ({ stdout }));
      const entries = await windowsStore('C:\\Windows').read(run, [authority, other]);
      assert.deepEqual(entries, [
        { label: hash, fingerprints: [authority.certificate.fingerprint256], trusted: true },
      ]);
    });

    it('Windows: nothing is made up when it does not answer', async () => {
      const run = recorded(() => ({ exitCode: 1, stderr: 'Access is denied.' }));
      await assert.rejects(windowsStore('C:\\Windows').read(run, [authority]), {
        code: 'store-not-readable',
      });
    });

    it('NSS: nicknames with spaces, and only those trusted for servers', () => {
      const output = `
Certificate Nickname                                         Trust Attributes
                                                             SSL,S/MIME,JAR/XPI

${LABEL}                                                     C,,  
My own company's CA - Company                                CT,C,C
an intermediate                                              ,,   
a server                                                     P,,  
`;
      assert.deepEqual(parseNicknames(output), [
        { nickname: LABEL, trusted: true },
        { nickname: "My own company's CA - Company", trusted: true },
        { nickname: 'an intermediate', trusted: false },
        { nickname: 'a server', trusted: false },
      ]);
    });

    it('NSS: a nickname of any length takes no longer than it is long', () => {
      const blank = ' '.repeat(2_000_000);
      // Each of these would be gone through for hours, were it from every blank again.
      assert.deepEqual(parseNicknames(`a${blank}b`), []);
      assert.deepEqual(parseNicknames(`${'a '.repeat(1_000_000)}b`), []);
      const nickname = `a${blank}b`;
      assert.deepEqual(parseNicknames(`${nickname}  C,,  `), [{ nickname, trusted: true }]);
    });
  });
});

function recorded(answer: (command: Command) => Partial<Outcome>): Run {
  return (command) => Promise.resolve({ exitCode: 0, stdout: '', stderr: '', ...answer(command) });
}
