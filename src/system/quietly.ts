/** What a reading gives; undefined where it throws, because a wrong form is not a failure here. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
