/** Why the system refused a file, and what to do about it, as sentences. */
export interface SystemFailure {
  readonly why: string;
  readonly next: string;
}

const OWN: SystemFailure = {
  why: 'It, or its folder, is read-only for you.',
  next: 'Make it yours and writable (chown, chmod), then try again.',
};
const FILES: SystemFailure = {
  why: 'Too many files are open.',
  next: 'Close some programs, or raise the limit (ulimit -n), then try again.',
};
const IN_THE_WAY: SystemFailure = {
  why: 'There is something else of that name.',
  next: 'Move it away, then try again.',
};

/** In a user's words. A code that is not here is not about a file. */
const FAILURES: Readonly<Partial<Record<string, SystemFailure>>> = {
  ENOSPC: { why: 'The disk is full.', next: 'Free some of it, then try again.' },
  EDQUOT: { why: 'Your share of the disk is full.', next: 'Free some of it, then try again.' },
  EFBIG: {
    why: 'It would be larger than the system lets a file be.',
    next: 'Raise the limit (ulimit -f), then try again.',
  },
  EROFS: { why: 'The file system is read-only.', next: 'Make it writable, then try again.' },
  EACCES: OWN,
  EPERM: OWN,
  EMFILE: FILES,
  ENFILE: FILES,
  EIO: { why: 'The disk failed.', next: 'Check the disk, then try again.' },
  ENOMEM: { why: 'The memory is full.', next: 'Close some programs, then try again.' },
  ENAMETOOLONG: { why: 'Its path is too long.', next: 'Use a folder with a shorter path.' },
  EBUSY: { why: 'Another program is using it.', next: 'Close that program, then try again.' },
  ENOENT: { why: 'It, or its folder, is not there.', next: 'Put it back, then try again.' },
  ENOTDIR: { why: 'A file stands where a folder should.', next: 'Move it away, then try again.' },
  EISDIR: { why: 'It is a folder.', next: 'Move it away, then try again.' },
  ELOOP: { why: 'Its links lead in a circle.', next: 'Remove the link, then try again.' },
  EEXIST: IN_THE_WAY,
  ENOTEMPTY: IN_THE_WAY,
};

/**
 * What a system error's code (`ENOSPC`…) means for a file; undefined where it is not about a file.
 * Pure.
 */
export function describeFailure(code: string | undefined): SystemFailure | undefined {
  return code === undefined ? undefined : FAILURES[code];
}
