/** How AWS Certificate Manager names the ACME endpoints of its customers. */
const AWS_ENDPOINT =
  /^https:\/\/acm-acme-enroll\.[a-z\d-]+\.(api\.aws|api\.amazonwebservices\.com\.cn)\//;

/** The example that AWS's user guide gives. */
export const AWS_EXAMPLE =
  'https://acm-acme-enroll.us-east-1.api.aws/00000000-0000-0000-0000-000000000000/directory';

/**
 * Whether a directory is one of AWS Certificate Manager. There names are approved beforehand, so that
 * no challenge is answered, and an order takes minutes.
 */
export function isAwsEndpoint(url: string): boolean {
  return AWS_ENDPOINT.test(url);
}
