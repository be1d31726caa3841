import { runWatchdog } from './chroma/supervisor/run-watchdog.ts';

// The process that ends a server whose supervisor has died.
void runWatchdog(process.stdin);
