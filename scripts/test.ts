// Runs every check in order, shows progress, and ends with one line of sums. Called by scripts/test.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Sum {
  passed: number;
  failed: number;
  skipped: number;
}

interface Step {
  name: string;
  argv: string[];
  /** A Vitest run counts its tests; any other command counts as one. */
  vitest?: boolean;
  minutes: number;
}

const fast = process.argv[2] === 'yes';
const patterns = (process.env.TEST_PATTERN ?? '').split(' ').filter(Boolean);
const root = new URL('..', import.meta.url).pathname;
const bin = (name: string) => join(root, 'node_modules/.bin', name);
const scratch = mkdtempSync(join(tmpdir(), 'coop-test-'));
const environment = {
  ...process.env,
  PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  NO_COLOR: '1',
};

/** Runs one command with its output shown; resolves to its exit code, 124 when it ran out of time. */
function run(argv: string[], minutes: number): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(argv[0] as string, argv.slice(1), {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 20_000).unref();
    }, minutes * 60_000);
    child.on('error', () => resolve(127));
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve(expired ? 124 : (code ?? 1));
    });
  });
}

/** The counts of a Vitest run, from its JSON report; a run that wrote none has failed as a whole. */
function counts(report: string, code: number): Sum {
  try {
    const json = JSON.parse(readFileSync(report, 'utf8'));
    const failedFiles = json.testResults.filter(
      (file: { status: string; assertionResults: { status: string }[] }) =>
        file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    ).length;
    const failed = json.numFailedTests + failedFiles;
    return {
      passed: json.numPassedTests,
      failed: failed === 0 && code !== 0 ? 1 : failed,
      skipped: json.numPendingTests + json.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function perform(step: Step): Promise<Sum> {
  const report = join(scratch, `${step.name.replaceAll(/\W+/g, '-')}.json`);
  const argv = step.vitest
    ? [...step.argv, ...patterns, '--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`]
    : step.argv;
  const code = await run(argv, step.minutes);
  if (code === 124) console.log(`${step.name}: out of time after ${step.minutes} minutes`);
  if (step.vitest) return counts(report, code);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** Every tracked shell program: by its first line, wherever it lies. */
function shellFiles(): string[] {
  const found: string[] = [];
  const visit = (directory: string) => {
    for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (
        entry.isFile() &&
        /^#!.*\b(bash|sh)\b/.test(readFileSync(join(root, path), 'utf8').slice(0, 60))
      )
        found.push(path);
    }
  };
  for (const directory of ['scripts', 'host', 'images', 'lab', '.ci']) visit(directory);
  return found;
}

const vitest = (config: string) => [bin('vitest'), 'run', '--config', config, '--passWithNoTests'];
const steps: Step[] = [
  { name: 'format and lint', argv: [bin('biome'), 'ci', '--colors=off', '.'], minutes: 3 },
  { name: 'types', argv: [bin('tsc'), '--noEmit'], minutes: 5 },
  { name: 'shellcheck', argv: ['shellcheck', '-x', ...shellFiles()], minutes: 3 },
  { name: 'unit', argv: vitest('vitest.config.ts'), vitest: true, minutes: 10 },
];
if (!fast) {
  steps.push({ name: 'lab, part by part', argv: vitest('vitest.lab.config.ts'), vitest: true, minutes: 40 });
  steps.push({
    name: 'stacks in the lab',
    argv: vitest('vitest.stacks.config.ts'),
    vitest: true,
    minutes: 45,
  });
}

const chosen = patterns.length > 0 ? steps.filter((step) => step.vitest) : steps;
const total: Sum = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
for (const [index, step] of chosen.entries()) {
  console.log(`\n=== ${index + 1}/${chosen.length} ${step.name}`);
  const started = Date.now();
  const sum = await perform(step);
  total.passed += sum.passed;
  total.failed += sum.failed;
  total.skipped += sum.skipped;
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  lines.push(
    `${sum.failed === 0 ? 'ok  ' : 'FAIL'} ${step.name.padEnd(20)} ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped, ${seconds} s`,
  );
  console.log(lines.at(-1));
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${lines.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
