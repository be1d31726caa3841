import { NO_SERVER, skipped, well, type Check } from '../check.ts';

/** Milliseconds; certificates are dated back by more than this. */
const TOLERANCE = 60_000;

/** The clock of this machine against the server's, which a heartbeat tells. */
export const CLOCK: Check = {
  id: 'clock',
  after: ['certificate', 'handshake', 'heartbeat'],
  look: async ({ visit, now }) => {
    const visited = await visit;
    if (!visited) return NO_SERVER;
    if (!visited.ok) return skipped('No heartbeat tells the server’s time.');
    const told = /"nanosecond heartbeat":\s*(\d+)/.exec(visited.answer.body)?.[1];
    if (told === undefined) return skipped('The server did not tell its time.');
    const server = Number(BigInt(told) / 1_000_000n);
    const [from, to] = [visited.sentAt, now()];
    const apart = Math.max(0, from - server, server - to);
    if (apart <= TOLERANCE) return well(`${Math.round(apart / 1000)} s apart from the server’s`);
    return {
      kind: 'broken',
      problems: [
        {
          code: 'clock-apart',
          what: `The clocks of this machine and of the server are ${describeSpan(apart)} apart.`,
          why: 'One of them takes certificates for expired, or for not valid yet.',
          next: 'Set this machine’s clock right, then restart the engine: its virtual machine can lag after sleep.',
        },
      ],
    };
  },
};

function describeSpan(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
