import type { Command } from 'commander';

/** For verbs that read secrets: where the passphrase comes from. */
export function withPassphraseOptions(command: Command): Command {
  return command
    .option('--passphrase-file <file>', "file with the passphrase of the stack's secrets")
    .option(
      '--passphrase-command <command>',
      "command that prints it, e.g. 'pass show coop/staging' (COOP_PASSPHRASE_COMMAND does the same)",
    );
}

/** Collects an option that may be given several times. */
export const several = (value: string, previous: string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];

/** For verbs that go to the machine: as whom, and where. */
export function withConnectionOptions(command: Command): Command {
  return withPassphraseOptions(
    command
      .option('--as <name>', 'connect as this admin with your own keys, without any secret of the stack')
      .option('--address <address>', "connect there instead of asking Pulumi's state"),
  );
}

/** `--` between STACK and a command only separates; commander hands it on. */
export const withoutDashes = (words: string[]): string[] => (words[0] === '--' ? words.slice(1) : words);
