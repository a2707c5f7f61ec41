import { spawn } from 'node:child_process';
import { paths } from '../../lab/paths.ts';
import { shellEnvironment } from '../../lab/services/environment.ts';

const fed = (psql: string, lines: string[]) =>
  `printf '%s\\n' ${lines.map((line) => `"${line}"`).join(' ')} | ${psql} -Atq`;

/** Ten rows a second; the client is told of each when it is committed. */
const writes = [
  'CREATE TABLE IF NOT EXISTS bench_writes (at timestamptz PRIMARY KEY);',
  'INSERT INTO bench_writes VALUES (clock_timestamp()) RETURNING extract(epoch FROM at)',
  '\\\\watch i=0.1',
];

/** About a megabyte and a half of WAL a second: a segment is full every ten seconds or so. */
const load = [
  'CREATE TABLE IF NOT EXISTS bench_load (text text);',
  'INSERT INTO bench_load SELECT md5(random()::text) FROM generate_series(1, 3000)',
  '\\\\watch i=0.2',
];

/** A client that writes until its server goes away, and knows what was committed to it. */
export class Writer {
  private readonly child;
  private rest = '';
  /** Seconds since 1970, by the server's clock, of the first and the last row that it was told of. */
  first: number | undefined;
  last: number | undefined;

  /** `shell` runs a line where `psql` is a way to the database. */
  constructor(shell: (line: string) => string[], psql: string, heavy: boolean) {
    const line = heavy ? `${fed(psql, writes)} & ${fed(psql, load)} >/dev/null; wait` : fed(psql, writes);
    const [program = '', ...args] = shell(line);
    this.child = spawn(program, args, {
      cwd: paths.project,
      env: shellEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.rest + text).split('\n');
      this.rest = lines.pop() ?? '';
      for (const each of lines) if (/^\d{10}\.\d+$/.test(each)) this.told(Number(each));
    });
  }

  private told(at: number): void {
    this.first ??= at;
    this.last = at;
  }

  /** A client whose server lost its power waits for long: nobody does. */
  end(): void {
    this.child.kill('SIGKILL');
  }
}
