// The licences of what is bundled, to go with it: most of them ask for just that.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './dependencies.mjs';

/**
 * @param {import('esbuild').Metafile} metafile what went into the bundle
 * @param {string} file where to write them
 */
export async function writeThirdPartyLicenses(metafile, file) {
  const folders = new Set(
    Object.keys(metafile.inputs).flatMap((input) => {
      // The innermost: a package may have packages of its own.
      const folder = /^(?:layer:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      return folder === undefined ? [] : [folder];
    }),
  );
  const texts = await Promise.all([...folders].sort().map(licenseOf));
  await writeFile(join(repository, file), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** @param {string} packageFolder */
async function licenseOf(packageFolder) {
  const folder = join(repository, packageFolder);
  const { name, version, license } =
    /** @type {{ name: string, version: string, license?: string }} */ (
      JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    );
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : await readFile(join(folder, file), 'utf8');
  return `${name} ${version} (${license ?? 'see below'})\n\n${text.trim()}\n`;
}
