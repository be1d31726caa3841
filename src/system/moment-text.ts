/** A moment for a user to read, such as `2026-01-31 09:05 UTC`. Pure. */
export function describeMoment(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
