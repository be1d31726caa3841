// Chroma's client for Rust, compiled with all it needs, for the test that runs what we print.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asPart, keptFolder, progress } from './bench.mjs';
import { compile } from './compile.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';

const VERSION = '0.15.0';

/** As `cargo add` would have it, and compiled as quickly as may be. */
const PACKAGE = `[package]
name = "example"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
chroma = "=${VERSION}"
tokio = { version = "1", features = ["full"] }

[profile.dev]
debug = false
incremental = false
`;

export function rustClient() {
  return asPart('rust client', async () => {
    // Its build reads Chroma's protocol, which includes Google's types.
    await ensureDebianPackages(['protobuf-compiler', 'libprotobuf-dev']);
    const folder = await keptFolder(`rust-client-${VERSION}`, async (target) => {
      progress('rust client')('fetching and compiling');
      await mkdir(join(target, 'src'));
      await writeFile(join(target, 'Cargo.toml'), PACKAGE);
      await writeFile(join(target, 'src', 'main.rs'), 'fn main() {}\n');
      await compile('cargo', ['build', '--quiet'], { cwd: target });
    });
    return { available: true, folder };
  });
}
