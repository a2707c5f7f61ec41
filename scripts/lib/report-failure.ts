import { CommanderError } from 'commander';
import { VisibleError } from '../../components/errors.ts';
import { ExitCode } from './exit-code.ts';

/** Exit code of a bug: sysexits' EX_SOFTWARE, so that scripts can tell it from a refusal. */
const bug = 70;

/** Writes what went wrong where a person (stderr) and, with `--json`, a program (stdout) looks; returns the exit code. */
export function reportFailure(error: unknown, argv: string[]): number {
  if (error instanceof ExitCode) return error.code;
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  // The lab's own errors carry the name only: it imports nothing of components/.
  const visible = error instanceof VisibleError || (error as Error | undefined)?.name === 'VisibleError';
  const message = error instanceof Error ? error.message : String(error);
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (own.includes('--json'))
    process.stdout.write(`${JSON.stringify({ ok: false, error: message, bug: !visible }, null, 2)}\n`);
  if (visible) process.stderr.write(`${message}\n`);
  else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? message) : message}\n`);
    process.stderr.write(
      'this is a bug in coop — the trace above — please report it with the command you ran\n',
    );
  }
  return visible ? 1 : bug;
}
