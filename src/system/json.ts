import { safeParse, type GenericSchema, type InferOutput } from 'valibot';

/**
 * Reads a text from outside that should be JSON of a known form; undefined where it is not. What
 * the form does not name is left out.
 */
export function readJson<S extends GenericSchema>(
  form: S,
  text: string,
): InferOutput<S> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = safeParse(form, value);
  return parsed.success ? parsed.output : undefined;
}
