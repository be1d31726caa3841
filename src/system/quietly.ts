/** What a reading gives; undefined where it throws, since a wrong form is not a failure. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
