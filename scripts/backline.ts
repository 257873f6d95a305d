#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { TOOL } from '../lambda/shared/tool.ts';
import { addConnectCommands } from './cli/connect-command.ts';
import { addDatabaseCommands } from './cli/db-command.ts';
import { EXIT, explainFailure } from './cli/failure.ts';
import { addIntegrationsCommands } from './cli/integrations-command.ts';
import { watchInterrupt } from './cli/interrupt.ts';
import { addScanCommand } from './cli/scan-command.ts';
import { explainsUsage } from './cli/usage.ts';

const interrupt = watchInterrupt();
// Every write is awaited and its failure explained there; a reader that went away (`| head`) is none.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

// Node would end with 1, which means findings here.
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

const program = explainsUsage(new Command('backline'), 'backline')
  .description(
    'Reads container images and says what is in them, what is known to be wrong with it, and what it could not see.',
  )
  .version(TOOL.version)
  .exitOverride()
  .addHelpText(
    'after',
    '\nExamples:\n  $ backline scan debian:12\n  $ backline db status\n  $ backline scan --help',
  );
addScanCommand(program, interrupt.signal);
addDatabaseCommands(program, interrupt.signal);
addConnectCommands(program);
addIntegrationsCommands(program, interrupt.signal);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else if (interrupt.signal.aborted) {
    interrupt.report();
  } else {
    fail(error);
  }
}

function fail(error: unknown): void {
  const { message, exitCode } = explainFailure(error);
  process.stderr.write(`backline: ${message}\n`);
  process.exitCode = exitCode;
}
