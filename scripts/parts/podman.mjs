// Podman beside Docker, with the tests' images in a store of its own. On a CI machine it is installed
// and configured on the bench; elsewhere the user's own is taken as it is.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, benchPath, mayInstallPackages, progress, withLock } from './bench.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';

const COMMAND = 'podman';

/** The images it gets, as Docker has them, and the names by which Podman knows them. */
export const podmanImages = {
  'chromadb/chroma:1.5.9': 'docker.io/chromadb/chroma:1.5.9',
  'chromadb/chroma:0.6.3': 'docker.io/chromadb/chroma:0.6.3',
  'chromadb/chroma:0.5.13': 'docker.io/chromadb/chroma:0.5.13',
  'nginx:1.29-alpine': 'docker.io/library/nginx:1.29-alpine',
  'envoyproxy/envoy:v1.40.0': 'docker.io/envoyproxy/envoy:v1.40.0',
};

/** Docker and these images have to be there. */
export function podman() {
  return asPart('podman', () =>
    withLock('podman', async () => {
      const say = progress('podman');
      const env = mayInstallPackages ? await installPodman() : {};
      const { stdout } = await execa(COMMAND, ['--version'], { env });
      const version = stdout.replace('podman version ', '');
      const missing = await missingImages(env);
      if (missing.length > 0) say(`copying ${missing.length} images from Docker`);
      for (const tag of missing)
        await execa(COMMAND, ['pull', '--quiet', `docker-daemon:${tag}`], { env });
      // A Podman that is there may still start nothing: its limits can be above what this run may have.
      const image = podmanImages['nginx:1.29-alpine'];
      const nothing = ['--rm', '--network', 'none', '--entrypoint', 'true', image];
      await execa(COMMAND, ['run', ...nothing], { env });
      say(version);
      return { available: true, version, command: COMMAND, env };
    }),
  );
}

/** @returns {Promise<Record<string, string>>} the environment in which it finds its configuration */
async function installPodman() {
  await ensureDebianPackages(['podman', 'runc', 'netavark', 'aardvark-dns', 'iptables']);
  const folder = benchPath('podman');
  await mkdir(folder, { recursive: true });
  const env = {
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
  };
  // What is true until the machine's next start only has to lie where that clears it away.
  const volatile = '/run/chroma-tls-bench/podman';
  await writeFile(
    env.CONTAINERS_STORAGE_CONF,
    `[storage]
driver = "overlay"
graphroot = "${join(folder, 'store')}"
runroot = "${volatile}/store"
`,
  );
  // No systemd to ask for cgroups or to log events to; runc, because crun refuses the mixed cgroups
  // of some machines; limits, because Podman's own are above what a container may have; a subnet of
  // its own, because another Podman's bridge may hold the usual one.
  await writeFile(
    env.CONTAINERS_CONF,
    `[containers]
default_ulimits = [${await ulimits()}]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
tmp_dir = "${volatile}/engine"
[network]
network_backend = "netavark"
default_subnet = "10.137.88.0/24"
`,
  );
  return env;
}

async function ulimits() {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const atMost = (/** @type {string} */ title, /** @type {number} */ wanted) => {
    const hard = Number(new RegExp(`^${title} +\\S+ +(\\d+)`, 'm').exec(limits)?.[1] ?? wanted);
    const limit = Math.min(hard, wanted);
    return `${limit}:${limit}`;
  };
  const files = atMost('Max open files', 16_384);
  const processes = atMost('Max processes', 32_768);
  return `"nofile=${files}", "nproc=${processes}"`;
}

/**
 * @param {Record<string, string>} env
 * @returns {Promise<string[]>} those it has not got, or got when Docker had another build of them
 */
async function missingImages(env) {
  const missing = [];
  for (const [tag, name] of Object.entries(podmanImages)) {
    const inspect = ['image', 'inspect', '--format', '{{.Id}}'];
    const { stdout: wanted } = await execa('docker', [...inspect, tag]);
    const { stdout: found } = await execa(COMMAND, [...inspect, name], { env, reject: false });
    if (wanted !== `sha256:${found.trim()}`) missing.push(tag);
  }
  return missing;
}
