/**
 * A script for `bash -c` that asks an HTTP server on the loopback address for a path, and succeeds
 * if it answers 200: for images that have neither curl nor wget.
 */
export function askWithBash(port: number, path: string): string {
  const question = `GET ${path} HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n`;
  return `exec 3<>/dev/tcp/127.0.0.1/${port} && printf "${question}" >&3 && read -t 5 -r answer <&3 && [[ $answer == *" 200 "* ]]`;
}
