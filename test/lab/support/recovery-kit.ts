import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../components/host/render.ts';
import { kitText } from '../../../components/recovery/kit.ts';
import * as s3 from '../../../lab/services/s3-admin.ts';
import { withS3 } from '../../../lab/services/s3-sdk.ts';
import { openIdentity, openSealed } from '../../../scripts/lib/recovery/identity.ts';
import { withKit } from '../../fixtures/facts.ts';
import { passphrase } from '../../fixtures/recovery.ts';
import type { ApplyLab } from './apply-lab.ts';
import { red } from './apply-observe.ts';

/** The recovery kit on its way into the bucket; encrypted by Debian's age, opened by the passphrase alone. */
export function describeRecoveryKit(given: () => { lab: ApplyLab; facts: HostFacts }): void {
  const backups = () => ({ region: given().facts.backups.region, name: given().facts.backups.bucket });
  const object = (key: string) =>
    withS3(backups().region, async (client, { GetObjectCommand }) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: backups().name, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    });
  /** What somebody reads who has nothing but the bucket and the passphrase. */
  const opened = async () => {
    const identity = Buffer.from(await object('recovery/identity.age')).toString();
    return openSealed(
      await object('recovery/kit.age'),
      await openIdentity(identity, passphrase, 'identity.age'),
      'kit.age',
    );
  };
  const grant = (permission: 'read' | 'readwrite') =>
    s3.setGrants(backups(), [{ accessKey: given().facts.backups.accessKey, permission }]);
  const ofJobs = async () =>
    red(JSON.parse(await given().lab.must('instance status --json')))?.filter(
      ({ about }) => about === 'jobs',
    );

  describe('the recovery kit', () => {
    it('is in the bucket after an apply, and the passphrase alone opens it', async () => {
      const { lab, facts } = given();
      if (!facts.kit) throw new Error('these facts have no kit');
      expect(await opened()).toBe(kitText(facts.kit));
      expect(await lab.must('cat /etc/social.coop/recovery/kit.json')).toBe(kitText(facts.kit));
      expect(await lab.must('stat -c "%a %U" /etc/social.coop/recovery/kit.json')).toBe('600 root\n');
      expect(Buffer.from(await object('recovery/kit.age')).toString('latin1')).toMatch(
        /^age-encryption\.org\/v1\n-> X25519 /,
      );
      expect(await lab.must('cat /var/lib/social.coop/jobs/secrets-escrow')).toMatch(
        /^kit [0-9a-f]{12}, read back\nbytes \d+\n$/,
      );
    });

    it('of another configuration is written by its apply; while the bucket takes nothing, status is red', async () => {
      const { lab, facts } = given();
      const next = withKit(lab.changed({ logDays: facts.config.logDays + 1 }));
      if (!next.kit) throw new Error('these facts have no kit');
      await grant('read');
      try {
        const { code, output } = await lab.apply(next);
        expect(code, output).toBe(0);
        expect(output).toContain('warning: the recovery kit in s3://');
        expect(await ofJobs()).toEqual([
          expect.objectContaining({ text: expect.stringContaining('secrets-escrow') }),
        ]);
        expect(await opened()).not.toBe(kitText(next.kit));
      } finally {
        await grant('readwrite');
      }
      await lab.must('systemctl start secrets-escrow');
      expect(await opened()).toBe(kitText(next.kit));
      expect(await ofJobs()).toEqual([]);
      const { output } = await lab.apply(facts);
      expect(output).not.toContain('warning: the recovery kit');
      expect(await opened()).toBe(kitText(facts.kit as NonNullable<HostFacts['kit']>));
    });

    it('never shows what is in it where others than root can read', async () => {
      const { lab, facts } = given();
      const shown = await lab.must(
        'journalctl --unit=secrets-escrow --output=cat; ls /dev/shm; find /etc/social.coop/recovery /var/lib/social.coop/jobs -type f -perm /o=r -exec cat {} +',
      );
      expect(shown).not.toMatch(/secrets-escrow\.\w{6}\n/);
      for (const secret of Object.values(facts.config.secrets).filter((value) => typeof value === 'string'))
        expect(shown.includes(secret.trim())).toBe(false);
    });
  });
}
