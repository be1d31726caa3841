/** What a reading gives; undefined where it throws, since a form that something is not of is no failure. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
