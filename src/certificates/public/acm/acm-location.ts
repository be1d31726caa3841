/** Where in AWS. What is not said is taken from AWS's own settings: the environment and `~/.aws`. */
export interface AcmLocation {
  readonly region?: string | undefined;
  /** A profile of `~/.aws/config`. */
  readonly profile?: string | undefined;
  /** URL of something that answers in AWS's place. */
  readonly endpoint?: string | undefined;
}

/** What tells a certificate apart: `arn:aws:acm:REGION:ACCOUNT:certificate/ID`. */
const ARN = /^arn:aws[a-z-]*:acm:([a-z\d-]+):\d{12}:certificate\/[\w-]+$/;

/** The region that a certificate's ARN names; undefined for anything else. Pure. */
function regionOfArn(arn: string): string | undefined {
  return ARN.exec(arn)?.[1];
}

/**
 * The region as the tools of AWS find it: `AWS_DEFAULT_REGION` is the AWS CLI's own, and the SDK
 * does not read it. Undefined where only a profile can say it.
 *
 * @param arn the certificate that is spoken of; it lies in one region and no other
 */
export function chooseRegion(
  { region }: AcmLocation,
  arn?: string,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const named = arn === undefined ? undefined : regionOfArn(arn);
  return firstFilled(region, named, environment['AWS_REGION'], environment['AWS_DEFAULT_REGION']);
}

/** What is said first. A variable without a value says nothing, as everywhere in AWS's tools. Pure. */
export function firstFilled(...texts: readonly (string | undefined)[]): string | undefined {
  return texts.find((text) => text !== undefined && text !== '');
}
