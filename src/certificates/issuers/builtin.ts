import { createAuthority } from '../issue/authority.ts';
import { issueLeaf, issueSelfSigned } from '../issue/leaf.ts';
import { issueCookbook } from '../issue/cookbook-profile.ts';
import type { Issuer } from '../issue/issuer.ts';

/** WebCrypto and a library: there on every machine, and the profile the others are held to. */
export const builtinIssuer: Issuer = { createAuthority, issueLeaf, issueSelfSigned, issueCookbook };
