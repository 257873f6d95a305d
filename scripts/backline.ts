#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addDatabaseCommands } from './cli/db-command.ts';
import { EXIT, explainFailure } from './cli/failure.ts';
import { addScanCommand } from './cli/scan-command.ts';
import { TOOL } from './cli/tool.ts';

const controller = new AbortController();
process.once('SIGINT', () => {
  controller.abort();
  // A second one ends the process at once, as usual.
  process.exitCode = EXIT.interrupted;
});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const program = new Command('backline')
  .description(
    'Reads container images and says what is in them, what is known to be wrong with it, and what it could not see.',
  )
  .version(TOOL.version)
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .addHelpText(
    'after',
    '\nExamples:\n  $ backline scan debian:12\n  $ backline db status\n  $ backline scan --help',
  );
addScanCommand(program, controller.signal);
addDatabaseCommands(program, controller.signal);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else if (controller.signal.aborted) {
    process.stderr.write('interrupted\n');
    process.exitCode = EXIT.interrupted;
  } else {
    const { message, exitCode } = explainFailure(error);
    process.stderr.write(`backline: ${message}\n`);
    process.exitCode = exitCode;
  }
}
