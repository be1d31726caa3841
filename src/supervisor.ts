import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { runSupervisor } from './chroma/supervisor/run-supervisor.ts';

// The process of its own that a local server lives in; it reads its plan, as JSON, when it starts.
void text(process.stdin).then((plan) =>
  runSupervisor(plan, fileURLToPath(new URL('.', import.meta.url))),
);
