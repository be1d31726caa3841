import { runWatchdog } from './chroma/runtimes/watchdog.ts';

// The process that ends a server whose supervisor has died.
void runWatchdog(process.stdin);
