import { createAuthority } from '../authority.ts';
import { issueLeaf, issueSelfSigned } from '../leaf.ts';
import { issueSeed } from '../seed.ts';
import type { Engine } from './engine.ts';

/** WebCrypto and a library: there on every machine, and the profile the others are held to. */
export const builtinEngine: Engine = { createAuthority, issueLeaf, issueSelfSigned, issueSeed };
