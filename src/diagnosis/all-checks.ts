import type { Check } from './check.ts';
import { ADVISORIES } from './checks/advisories.ts';
import { CERTIFICATE } from './checks/certificate.ts';
import { CLIENT } from './checks/client.ts';
import { CLOCK } from './checks/clock.ts';
import { CODE } from './checks/code.ts';
import { CONTAINERS } from './checks/containers.ts';
import { ENGINE } from './checks/engine.ts';
import { HANDSHAKE } from './checks/handshake.ts';
import { HEARTBEAT } from './checks/heartbeat.ts';
import { IMAGE } from './checks/image.ts';
import { KEY } from './checks/key.ts';
import { NAME } from './checks/name.ts';
import { PORT } from './checks/port.ts';
import { PROJECT } from './checks/project.ts';
import { SERVER } from './checks/server.ts';
import { TRUST } from './checks/trust.ts';

/** Every check, in the order in which a client needs what it looks at. */
export const CHECKS: readonly Check[] = [
  PROJECT,
  ENGINE,
  IMAGE,
  PORT,
  SERVER,
  NAME,
  CERTIFICATE,
  KEY,
  HANDSHAKE,
  HEARTBEAT,
  CLOCK,
  TRUST,
  CLIENT,
  ADVISORIES,
  CODE,
  CONTAINERS,
];
