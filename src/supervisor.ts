import { runSupervisor } from './chroma/runtimes/supervisor.ts';

// The process of its own that a local server lives in; its one argument is the plan, as JSON.
void runSupervisor(process.argv[2] ?? '', __dirname);
