/** A name of Node.js in one line. Node.js gives undefined, not "", for one without parts. */
export function toLine(name: string | undefined): string {
  return name?.replaceAll('\n', ', ') ?? '';
}

/**
 * What somebody is called: the common name, or else the whole name in one line.
 *
 * @param name as Node.js gives it: a part a line, and what RFC 2253 would have escaped is
 */
export function readCommonName(name: string | undefined): string {
  const [, common] = /^CN=(.+)$/m.exec(name ?? '') ?? [];
  return common?.replaceAll(/\\([,+"\\<>;# ])/g, '$1') ?? toLine(name);
}
