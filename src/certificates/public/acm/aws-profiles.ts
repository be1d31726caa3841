import { firstFilled } from './acm-location.ts';
import { loadSharedConfigFiles } from '@smithy/core/config';

/** A profile of `~/.aws/config` or `~/.aws/credentials`. */
export interface AwsProfile {
  readonly name: string;
  readonly region?: string | undefined;
  /** Path of a file with authorities, as the AWS CLI reads it. */
  readonly caBundle?: string | undefined;
}

/** The profiles that the user has, by name. None where there are no such files. */
export async function readProfiles(): Promise<readonly AwsProfile[]> {
  // Read afresh: a user adds a profile while the editor runs.
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)]);
  return [...names]
    .filter((name) => !OTHER_SECTION.test(name))
    .toSorted()
    .map((name) => {
      const entries = { ...credentialsFile[name], ...configFile[name] };
      return { name, region: entries['region'], caBundle: entries['ca_bundle'] };
    });
}

/** What the loader calls a section that is not a profile, such as `sso-session.NAME`. */
const OTHER_SECTION = /^(sso-session|services)\./;

/** A profile; the one that is used without a choice where none is named. */
export async function readProfile(name?: string): Promise<AwsProfile | undefined> {
  const wanted = name ?? defaultProfile();
  return (await readProfiles()).find((profile) => profile.name === wanted);
}

/** The profile that is used without a choice. */
export function defaultProfile(environment: NodeJS.ProcessEnv = process.env): string {
  return firstFilled(environment['AWS_PROFILE']) ?? 'default';
}
