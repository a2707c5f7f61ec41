import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { setS3Fault } from '../../lab/services/s3-faults.ts';
import { ApplyLab } from './support/apply-lab.ts';
import type { FaultsBed } from './support/faults/bed.ts';
import { describeDisk } from './support/faults/disk.ts';
import { describeKilled } from './support/faults/killed.ts';
import { describeRepository } from './support/faults/repository.ts';
import { describeStorage } from './support/faults/storage.ts';
import { hook } from './support/faults/told.ts';
import { WriteLoad } from './support/faults/write-load.ts';

let bed: FaultsBed;

// Each story breaks something of this one machine while it is written to, and leaves it well.
beforeAll(async () => {
  const lab = await ApplyLab.start('faults.social.coop', { config: { rpo: 10 } });
  const { secrets } = lab.facts.config;
  const facts = lab.changed({ alerts: { againHours: 6 }, secrets: { ...secrets, alertWebhook: hook } });
  const ran = await lab.apply(facts);
  expect(ran.code, ran.output).toBe(0);
  bed = { lab, facts, load: await WriteLoad.start(lab) };
});
afterEach(() => setS3Fault());
afterAll(async () => {
  await bed?.load.stop();
  await bed?.lab.stop();
});

describeKilled(() => bed);
describeStorage(() => bed);
describeDisk(() => bed);
describeRepository(() => bed);
