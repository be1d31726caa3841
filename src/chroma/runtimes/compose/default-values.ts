/** A text with Compose's variables in it, as it is where none of them is set. */
export function withDefaults(text: string): string {
  return text.replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1');
}
