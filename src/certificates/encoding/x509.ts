// The library finds its decorators' metadata through this polyfill, which must run before it.
import 'reflect-metadata';

export * from '@peculiar/x509';
