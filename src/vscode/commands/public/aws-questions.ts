import { chooseRegion, type AcmLocation } from '../../../certificates/public/acm/acm-location.ts';
import { AWS_REGIONS } from '../../../certificates/public/acm/aws-regions.ts';
import { cancellation } from '../../../system/errors.ts';
import { listAwsProfiles } from '../../../workspace/public/acm.ts';
import { showInputBox, showQuickPick, type PlainItem } from '../../window/plain-window.ts';

/** Asks whose credentials are used, and in which region. @throws AbortError */
export async function askForLocation(title: string): Promise<AcmLocation> {
  const { profiles, current } = await listAwsProfiles();
  const known = profiles.map(({ name }) => name);
  const profile = known.length === 0 ? undefined : await pickProfile(title, known, current);
  const ofProfile = profiles.find(({ name }) => name === (profile ?? current))?.region;
  return { profile, region: await pickRegion(title, ofProfile) };
}

/** @returns undefined for what AWS's tools take without a choice */
async function pickProfile(
  title: string,
  known: readonly string[],
  current: string,
): Promise<string | undefined> {
  const items: readonly (PlainItem & { readonly profile: string | undefined })[] = [
    {
      label: 'Default Credentials',
      icon: 'account',
      detail: 'Of the environment, the default profile, or this machine’s role.',
      profile: undefined,
    },
    ...known.map((name) => ({
      label: name,
      icon: 'person',
      ...(name === current ? { description: 'default' } : {}),
      profile: name,
    })),
  ];
  const picked = await showQuickPick(items, { title, placeHolder: 'A profile of ~/.aws/config' });
  if (!picked) throw cancellation();
  return picked.profile;
}

async function pickRegion(title: string, ofProfile: string | undefined): Promise<string> {
  const first = chooseRegion({}) ?? ofProfile;
  const regions = [...new Set([...(first === undefined ? [] : [first]), ...AWS_REGIONS])];
  const items: readonly (PlainItem & { readonly region?: string })[] = [
    ...regions.map((region) => ({
      label: region,
      icon: 'globe',
      ...(region === first ? { description: 'from your AWS settings' } : {}),
      region,
    })),
    { label: 'Another Region', icon: 'edit' },
  ];
  const placeHolder = 'The region that holds the certificate';
  const picked = await showQuickPick(items, { title, placeHolder });
  if (!picked) throw cancellation();
  return picked.region ?? typeRegion(title);
}

async function typeRegion(title: string): Promise<string> {
  const region = await showInputBox({
    title,
    prompt: 'The region’s code, such as eu-west-1.',
    validateInput: (text) =>
      /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text) ? undefined : 'A region looks like eu-west-1.',
  });
  if (region === undefined) throw cancellation();
  return region;
}
