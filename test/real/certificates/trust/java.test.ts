import assert from 'node:assert/strict';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { findJavaHomes, javaStore } from '../../../../src/certificates/trust/stores/java.ts';
import { requirePart } from '../../../parts.ts';
import { program, type CliOutcome, type Workspace } from '../../fixtures/cli.ts';
import { PairServer } from './pair-server.ts';
import { NamedStores, openTrustingWorkspace } from './trusting-workspace.ts';

const FETCH = `
import java.net.URI;
import java.net.http.*;
public class Fetch {
  public static void main(String[] args) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(args[0])).build();
    System.out.println(HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
`;

describe("trust in Java's store", () => {
  let workspace: Workspace;
  let cacerts = '';
  let stores: NamedStores;
  let server: PairServer;

  before(async function () {
    requirePart(this, 'java');
    workspace = (await openTrustingWorkspace()).workspace;
    await workspace.run(['generate']);
    // A Java home with a store of its own: the machine's stays as it is.
    const [machine] = await findJavaHomes();
    assert.ok(machine);
    const home = join(dirname(workspace.folder), 'java');
    await mkdir(join(home, 'bin'), { recursive: true });
    await mkdir(join(home, 'lib', 'security'), { recursive: true });
    await symlink(machine.keytool, join(home, 'bin', 'keytool'));
    await copyFile(machine.cacerts, join(home, 'lib', 'security', 'cacerts'));
    const [own] = await findJavaHomes({ ...workspace.env, JAVA_HOME: home });
    assert.ok(own);
    ({ cacerts } = own);
    assert.equal(cacerts, join(home, 'lib', 'security', 'cacerts'));
    stores = new NamedStores(workspace, [javaStore(own)]);
    await writeFile(join(home, 'Fetch.java'), FETCH);
    server = await PairServer.listen(workspace);
  });
  after(() => {
    server.close();
  });

  function fetchByJava(): Promise<CliOutcome> {
    const source = join(dirname(workspace.folder), 'java', 'Fetch.java');
    return program('java', [`-Djavax.net.ssl.trustStore=${cacerts}`, source, workspace.url]);
  }

  async function aliases(): Promise<readonly string[]> {
    const { stdout } = await program('keytool', [
      ...['-J-Duser.language=en', '-list', '-keystore', cacerts, '-storepass', 'changeit'],
    ]);
    return stdout.match(/^\S+(?=, .*trustedCertEntry)/gm) ?? [];
  }

  it('is gone by while it is given, and not before or after', async () => {
    const before = await aliases();
    assert.ok(before.length > 50, 'a Java knows the authorities of the world');
    assert.match((await fetchByJava()).stderr, /unable to find valid certification path/);

    assert.deepEqual((await stores.give()).failed, []);
    assert.deepEqual(await stores.states(), ['trusted']);
    const heard = await fetchByJava();
    assert.equal(heard.stdout.trim(), 'heard', heard.stderr);

    await workspace.run(['generate', '--key-type', 'rsa-2048']);
    assert.deepEqual(await stores.states(), ['not-trusted, former']);
    await stores.give();
    assert.equal((await aliases()).length, before.length + 1, 'the former one is gone');

    assert.deepEqual((await stores.remove()).failed, []);
    assert.deepEqual(await aliases(), before);
    assert.match((await fetchByJava()).stderr, /unable to find valid certification path/);
  });

  it('is not guessed at where the store has another password', async () => {
    await program('keytool', [
      ...['-storepasswd', '-new', 'another', '-keystore', cacerts, '-storepass', 'changeit'],
    ]);
    assert.deepEqual(await stores.states(), ['unknown']);
    const { changed, failed } = await stores.give();
    assert.deepEqual(changed, []);
    assert.match(failed[0]?.problem.why ?? '', /password was incorrect/);
  });
});
