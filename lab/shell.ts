import { spawn } from 'node:child_process';
import { paths } from './paths.ts';
import { shellEnvironment } from './services/environment.ts';

/** Runs a command, or the user's shell, in the lab's project with the lab's environment; resolves to its exit code. */
export async function shell(command: string[] = []): Promise<number> {
  const env = shellEnvironment();
  const interactive = command.length === 0;
  const [program, ...args] = interactive ? [process.env.SHELL ?? '/bin/bash'] : command;
  if (interactive)
    process.stderr.write(`LAB · ${paths.project} · pulumi and coop act on the lab here; \`exit\` leaves\n`);
  const child = spawn(program as string, args, { stdio: 'inherit', cwd: paths.project, env });
  // Ctrl-C is for the command, which has the terminal as well; it decides when to end.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGTERM', pass);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') return reject(error);
        process.stderr.write(`${program}: not found\n`);
        resolve(127);
      });
      child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
    });
  } finally {
    process.off('SIGINT', ignore);
    process.off('SIGTERM', pass);
  }
}
