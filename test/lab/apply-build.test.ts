import { afterAll, beforeAll, expect, it } from 'vitest';
import { imagesOf } from '../../components/host/images.ts';
import type { HostFacts } from '../../components/host/render.ts';
import { baseImage, containerName } from '../../lab/machines/names.ts';
import { ApplyLab } from './support/apply-lab.ts';
import { starts } from './support/apply-observe.ts';
import { openDebian } from './support/debian-proxy.ts';
import { run } from './support/run.ts';

let lab: ApplyLab;
let given: HostFacts;
let debian: Awaited<ReturnType<typeof openDebian>>;

beforeAll(async () => {
  lab = await ApplyLab.start('build.social.coop', { config: { federation: 'off' } });
  const images = { ...lab.facts.config.images, postgres: 'build' };
  given = { ...lab.facts, config: { ...lab.facts.config, images } };
  debian = await openDebian();
  // What Docker Hub and Debian's mirror are to a real machine: the base image, and a way to the packages.

  await lab.must('mkdir -p /root/.docker && cat > /root/.docker/config.json', {
    input: JSON.stringify({ proxies: { default: { httpProxy: debian.url } } }),
  });
  const { code, output } = await run([
    'bash',
    '-c',
    `docker save ${baseImage} | docker exec -i ${containerName('apply-test')} docker load`,
  ]);
  expect(code, output).toBe(0);
});
afterAll(async () => {
  debian?.close();
  await lab?.stop();
});

it('a machine builds the database image itself where no registry holds it, and comes up on it', async () => {
  const name = imagesOf(given.config).postgres;
  const ran = await lab.apply(given);
  expect(ran.code, ran.output).toBe(0);
  expect(ran.stdout).toContain(`building ${name}`);
  expect(debian.asked()).toBeGreaterThan(10);
  expect(await lab.must("docker inspect --format '{{.Config.Image}}' instance-db-1")).toBe(`${name}\n`);
  const report = JSON.parse(await lab.must('instance status --json'));
  expect(report.backup).toMatchObject({ type: 'full', failing: false });
});

it('does not build it again, and restarts nothing', async () => {
  const before = await starts(lab);
  const asked = debian.asked();
  const ran = await lab.apply(given);
  expect(ran.stdout).not.toContain('building');
  expect(debian.asked()).toBe(asked);
  expect(await starts(lab)).toEqual(before);
});

it('says so when the packages are out of reach, and leaves the running database alone', async () => {
  const name = imagesOf(given.config).postgres;
  const before = await starts(lab);
  debian.close();
  await lab.must(`docker image rm --force ${name} && docker builder prune --all --force`);
  const ran = await lab.apply(given);
  expect(ran.code).toBe(1);
  expect(ran.output).toContain("does the registry (or Debian's mirror) answer");
  expect((await starts(lab)).containers).toEqual(before.containers);
});
