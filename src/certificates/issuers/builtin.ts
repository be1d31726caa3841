import { createAuthority } from '../issue/authority.ts';
import { issueLeaf, issueSelfSigned } from '../issue/leaf.ts';
import { issueSeed } from '../issue/cookbook-profile.ts';
import type { Engine } from '../issue/issuer.ts';

/** WebCrypto and a library: there on every machine, and the profile the others are held to. */
export const builtinEngine: Engine = { createAuthority, issueLeaf, issueSelfSigned, issueSeed };
