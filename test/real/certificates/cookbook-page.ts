/** The cookbook page's recipe, word for word: what our own is held against. */
export const PAGE_CONFIG = `[req]
distinguished_name = req_distinguished_name
x509_extensions = usr_cert

[req_distinguished_name]
CN = $ENV::CHROMA_DOMAIN

[usr_cert]
subjectAltName = DNS:$ENV::CHROMA_DOMAIN
`;

export const PAGE_COMMAND: readonly string[] = [
  ...['req', '-new', '-newkey', 'rsa:2048', '-sha256', '-days', '365', '-nodes', '-x509'],
  ...['-keyout', 'certs/serverkey.pem'],
  ...['-subj', '/O=Chroma/C=US'],
  ...['-out', 'certs/servercert.pem'],
  ...['-config', 'openssl.cnf'],
];
