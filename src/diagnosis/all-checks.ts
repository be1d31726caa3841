import type { Check } from './check.ts';
import { CERTIFICATE } from './checks/certificate.ts';
import { CLOCK } from './checks/clock.ts';
import { ENGINE } from './checks/engine.ts';
import { HANDSHAKE } from './checks/handshake.ts';
import { HEARTBEAT } from './checks/heartbeat.ts';
import { IMAGE } from './checks/image.ts';
import { KEY } from './checks/key.ts';
import { NAME } from './checks/name.ts';
import { PORT } from './checks/port.ts';
import { PROJECT } from './checks/project.ts';
import { SERVER } from './checks/server.ts';

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
];
