import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VisibleError } from '../../components/errors.ts';
import { describeContext, findContext } from '../../scripts/lib/context.ts';
import { checkout } from '../../scripts/lib/paths.ts';

let root: string;
let lab: string;
let project: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'coop-test-')));
  [lab, project] = [join(root, '.lab'), join(root, 'project')];
  for (const directory of [join(project, 'deep', 'down'), join(lab, 'project'), join(lab, 'state')])
    mkdirSync(directory, { recursive: true });
  for (const directory of [project, join(lab, 'project')])
    writeFileSync(join(directory, 'Pulumi.yaml'), 'name: instance\n');
});
afterEach(() => rmSync(root, { recursive: true }));

const find = (cwd: string, env: NodeJS.ProcessEnv) => findContext(cwd, { HOME: root, ...env }, lab);
const labEnv = () => ({
  COOP_LAB: '1',
  PULUMI_BACKEND_URL: `file://${lab}/state`,
  PULUMI_HOME: `${lab}/home`,
});

describe('where a verb acts', () => {
  it('is the project above the directory, else the checkout', () => {
    expect(find(join(project, 'deep', 'down'), {}).projectDir).toBe(project);
    expect(find(root, {}).projectDir).toBe(checkout);
    writeFileSync(join(root, 'Pulumi.yaml'), 'name: something-else\n');
    expect(find(root, {}).projectDir).toBe(checkout);
  });

  it("is the lab's project in the lab", () => {
    expect(find(root, labEnv())).toMatchObject({ kind: 'LAB', projectDir: join(lab, 'project') });
    expect(find(join(lab, 'project'), labEnv()).kind).toBe('LAB');
  });

  it('finds the state as Pulumi does: environment, project, login', () => {
    expect(find(project, {}).backend).toBeUndefined();
    mkdirSync(join(root, '.pulumi'));
    writeFileSync(join(root, '.pulumi', 'credentials.json'), '{"current":"s3://logged-in"}');
    expect(find(project, {}).backend).toBe('s3://logged-in');
    writeFileSync(join(project, 'Pulumi.yaml'), 'name: instance\nbackend:\n  url: s3://project\n');
    expect(find(project, {}).backend).toBe('s3://project');
    expect(find(project, { PULUMI_BACKEND_URL: 's3://env' }).backend).toBe('s3://env');
  });

  it('is said in one line, without anything secret', () => {
    const env = {
      PULUMI_BACKEND_URL: 's3://key:pass@bucket/x?region=fra1',
      DIGITALOCEAN_TOKEN: 'dop_v1_secret',
    };
    const line = describeContext(find(project, env), 'staging');
    expect(line).toMatch(
      /^REAL · stack staging · account digitalocean token [0-9a-f]{8} · state s3:\/\/bucket\/x$/,
    );
  });
});

describe('lab and real', () => {
  it.each<[string, () => NodeJS.ProcessEnv, () => string]>([
    ['the lab with real state', () => ({ ...labEnv(), PULUMI_BACKEND_URL: 's3://prod' }), () => project],
    ['the lab with the state of a login', () => ({ COOP_LAB: '1' }), () => project],
    [
      'a state beside the lab',
      () => ({ ...labEnv(), PULUMI_BACKEND_URL: `file://${lab}-other/state` }),
      () => project,
    ],
    ["the lab's state outside of it", () => ({ PULUMI_BACKEND_URL: `file://${lab}/state` }), () => project],
    ["the lab's project outside of it", () => ({}), () => join(lab, 'project')],
    ["the lab's home outside of it", () => ({ PULUMI_HOME: `${lab}/home` }), () => project],
    ["the lab's cloud outside of it", () => ({ LAB_CLOUD: `${lab}/run/cloud.sock` }), () => project],
  ])('are not mixed: %s is refused', (_, env, cwd) => {
    expect(() => find(cwd(), env())).toThrow(/lab and real are mixed/);
    expect(() => find(cwd(), env())).toThrow(VisibleError);
  });

  it('are told apart through symlinks', () => {
    symlinkSync(join(lab, 'state'), join(root, 'link'));
    expect(() => find(project, { PULUMI_BACKEND_URL: `file://${root}/link` })).toThrow(/mixed/);
    expect(find(project, { ...labEnv(), PULUMI_BACKEND_URL: `file://${root}/link` }).kind).toBe('LAB');
  });
});
