import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../error.ts';

/** The absolute path of a program of the system, looked for where Debian keeps daemons too. */
export async function findProgram(name: string, debianPackage: string): Promise<string> {
  const dirs = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin'];
  for (const dir of dirs.filter((each) => each.startsWith('/'))) {
    const path = join(dir, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  throw new LabError(
    `${name} is missing — looked in PATH and /usr/sbin — install it: apt-get install ${debianPackage}`,
  );
}
