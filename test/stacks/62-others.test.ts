import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAnswerSchema } from '../../scripts/lib/report/schema.ts';
import { canariesFrom } from './canaries.ts';
import { Copy } from './copies.ts';
import { type Stack, stacks } from './stacks.ts';
import { coopPath, inLab, must, run } from './support.ts';
import { archived, use } from './used.ts';

// What ships besides staging: a copy of prod that somebody keeps, and a rehearsal of the Hometown.

const stack = (wanted: string) => stacks.find(({ name }) => name === wanted);
const [prod, alpha] = [stack('prod'), stack('alpha')];
const out = mkdtempSync(join(tmpdir(), 'coop-rehearse-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe.skipIf(!prod || !alpha)('the other stacks', () => {
  beforeAll(async () => {
    await Promise.all([prod, alpha].map((each) => use(each as Stack)));
    await Promise.all([prod, alpha].map((each) => archived(each as Stack)));
  }, 120_000);

  it('coop rehearse proves the backups of a Hometown', async () => {
    const ran = await run(inLab(coopPath, 'rehearse', 'alpha', '--yes', '--json', '--out', out), {
      seconds: 400,
    });
    const said = ran.stdout.startsWith('{') ? JSON.parse(ran.stdout) : undefined;
    const wrong = said?.checks?.filter((check: { status: string }) => check.status === 'failed');
    expect(ran.code, said ? JSON.stringify([said.failure, wrong]) : ran.output.slice(-6000)).toBe(0);
    expect(said).toMatchObject({ source: 'alpha', result: 'passed', versions: { app: alpha?.version } });
    console.log(`rehearsal of alpha: RPO ${said.rpoSeconds} s, TTR ${said.ttrSeconds} s`);
  }, 420_000);

  describe('Pulumi.rehearsal.yaml as it ships', () => {
    const copy = new Copy('rehearsal', prod as Stack);
    afterAll(() => copy.remove());

    it('is a fenced copy of prod, which every check finds whole', async () => {
      await must([coopPath, 'lab', 'up', '--stack', 'rehearsal'], { seconds: 170 });
      await copy.up();
      const { stdout } = await run(copy.coopCommand('ssh', '--', 'instance', 'verify', '--json'));
      const { checks } = verifyAnswerSchema.parse(JSON.parse(stdout.slice(stdout.indexOf('{'))));
      expect(checks.filter(({ status }) => status !== 'passed')).toEqual([]);
    }, 420_000);

    it('is a stack like any other: it has a status, stays as it is, and takes another setting behind its fence', async () => {
      await copy.coop('status');
      await copy.pulumi('preview', '--expect-no-changes');
      await copy.set('--path', 'restore.hours', '8');
      await copy.up();
      const { stdout } = await must(copy.coopCommand('ssh', '--', 'cat', '/etc/social.coop/stack.env'));
      expect(stdout).toMatch(/^RESTORE_HOURS='8'$/m);
      await copy.coop('status');
      expect(await canariesFrom(copy.name)).toMatchObject({ passed: [], arrived: [0, 0] });
    }, 300_000);
  });
});
