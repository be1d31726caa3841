/**
 * The full name of an image, as Docker understands a short one. Podman asks the user which
 * registry a short name is of, or refuses it. Pure.
 */
export function qualifyImage(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]/.test(first) || first === 'localhost' ? image : `docker.io/${image}`;
}
