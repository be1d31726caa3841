// The library finds its decorators' metadata through this polyfill, which must run before it.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { cryptoProvider } from '@peculiar/x509';

export * from '@peculiar/x509';

// On OpenSSL and on BoringSSL (desktop VS Code) alike.
cryptoProvider.set(webcrypto as never);
