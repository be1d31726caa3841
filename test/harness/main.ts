import { untilClearedUp } from './early-end.ts';
import { runMocha } from './run-mocha.ts';

// A suite outside VS Code; the arguments are the bundled test files. The exit comes from here, so
// that nothing a test left open keeps the run from ending.
runMocha(process.argv.slice(2))
  .then(untilClearedUp)
  .then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
