/**
 * What every TLS proxy of ours offers in TLS 1.2, by OpenSSL's names: forward secrecy (ECDHE) and
 * authenticated encryption. Mozilla's "intermediate" list, version 5.7, without DHE, which needs
 * parameters of its own (https://wiki.mozilla.org/Security/Server_Side_TLS).
 */
export const CIPHER_SUITES = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
] as const;

/** The same as OpenSSL, nginx and uvicorn take them. */
export const CIPHER_LIST = CIPHER_SUITES.join(':');

/** Those of TLS 1.3, for a program that has to be told them too. */
export const TLS_13_SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
] as const;
