import type { Command } from 'commander';

const PREFIX = /^error: /;

/**
 * Makes a command say what is wrong with its command line in one sentence, and where to look. `name` is the command as it
 * is typed: `backline db update`.
 */
export function explainsUsage(command: Command, name: string): Command {
  return command.configureOutput({
    outputError: (text, write) => {
      const sentence = text
        .replace(PREFIX, '')
        .trim()
        .replace(/\.$/, '')
        .replaceAll('\n', ' ')
        .replaceAll('. ', ': ');
      write(`backline: ${sentence}; see ${name} --help\n`);
    },
  });
}

/** For options that may be given several times. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** For options that may be given several times, or once with commas. */
export function collectList(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), ...value.split(',').map((part) => part.trim())];
}
