import { z } from 'zod';

// What a rehearsal leaves: docs/reference/report.schema.json is made from this. Anything else is refused.

const time = z.iso.datetime({ offset: true }).describe('time of day, ISO 8601');
const seconds = z.number().describe('seconds');
const count = z.int().nonnegative();

export const phaseSchema = z
  .strictObject({
    name: z.string().min(1),
    start: time,
    end: time,
    seconds: seconds.nonnegative(),
    bytes: count.optional().describe('bytes that it moved, where that was counted'),
    objects: count.optional().describe('objects they were in'),
  })
  .describe('one stretch of the rehearsal, in the order they began');

export const checkSchema = z
  .strictObject({
    check: z.string().min(1).describe('its name: the program in verify.d'),
    status: z.enum(['passed', 'failed', 'not-tested']),
    figure: z.string().default('').describe('what it measured, for people'),
    values: z.record(z.string(), z.unknown()).default({}).describe('the same for programs'),
    reason: z.string().default('').describe('why it failed or was not tested'),
  })
  .describe('one answer of `instance verify`');

export const canariesSchema = z
  .strictObject({
    sent: count,
    refused: count,
    passed: count.describe('that got out: any is a failure'),
    counters: z.record(z.string(), z.number()).default({}).describe('packets the fence dropped, by counter'),
    canaries: z
      .array(z.strictObject({ from: z.string(), kind: z.string(), refused: z.boolean() }))
      .default([])
      .describe('each of them: sent from where, of what kind'),
  })
  .describe('the answer of `instance canaries`: what was sent on purpose against the fence');

const bytes = count.describe('bytes').optional();

export const dumpSchema = z
  .strictObject({
    key: z.string().min(1).describe('of its object; a directory ends with /'),
    format: z.enum(['custom', 'directory', 'tar', 'sql', 'cluster', 'unknown']),
    compression: z.enum(['none', 'gzip', 'zstd']).describe('around the dump; what is inside is its own'),
    bytes: count,
    at: time.describe('when it was put there'),
    stale: z.boolean().describe('older than the 26 h in which the next one is due'),
    server: z.string().optional().describe('version of the server it is of'),
    dumper: z.string().optional().describe('version of the pg_dump that wrote it'),
    result: z
      .enum(['restored', 'truncated', 'unusable', 'not tried'])
      .describe('not tried: a newer one was restored, or none was reached'),
    reason: z.string().default('').describe('why it was passed over'),
  })
  .describe('one dump that was there');

export const reportSchema = z
  .strictObject({
    format: z.literal(1).describe('version of this format'),
    source: z.string().min(1).describe('stack whose backups were restored, or the bucket of the dumps'),
    stack: z.string().min(1).describe('stack they were restored to'),
    started: time,
    ended: time,
    result: z.enum(['passed', 'failed']).describe('passed only when every check ran and none failed'),
    failure: z.string().optional().describe('why it failed'),
    at: time.optional().describe('point in time that was asked for; without it, the newest there was'),
    backup: z.string().optional().describe('label of the backup to begin with, where one was asked for'),
    rpoSeconds: seconds.optional().describe('seconds of writes that the restored copy lacks'),
    rpoFrom: z
      .enum(['heartbeat', 'newest row'])
      .optional()
      .describe('the yardstick of rpoSeconds: one row a second, or the newest row the app wrote'),
    ttrSeconds: seconds
      .nonnegative()
      .optional()
      .describe('seconds from no machine to verified and serving; there only when it came so far'),
    dumps: z.array(dumpSchema).optional().describe('with --from-dump: what was there, the newest first'),
    phases: z.array(phaseSchema),
    clocks: z
      .strictObject({ source: seconds.optional(), machine: seconds.optional() })
      .optional()
      .describe('seconds by which each clock was ahead of the computer that rehearsed; corrected for'),
    sizes: z.strictObject({ databaseBytes: bytes, repositoryBytes: bytes, walBytes: bytes }),
    checks: z.array(checkSchema),
    canaries: canariesSchema.optional(),
    notTested: z
      .array(z.strictObject({ what: z.string().min(1), why: z.string().min(1) }))
      .describe('what this rehearsal says nothing about'),
    versions: z
      .strictObject({
        app: z.string().optional(),
        postgres: z.string().optional(),
        pgbackrest: z.string().optional(),
        coop: z.string().optional(),
        pulumi: z.string().optional(),
      })
      .describe('what ran'),
    machine: z.strictObject({ provider: z.string(), size: z.string(), region: z.string() }),
  })
  .describe("A rehearsal's report: reports/TIME/report.json");

export type Report = z.infer<typeof reportSchema>;
export type Phase = z.infer<typeof phaseSchema>;
export type Check = z.infer<typeof checkSchema>;
export type Canaries = z.infer<typeof canariesSchema>;

/** What `instance verify --json` prints. */
export const verifyAnswerSchema = z.looseObject({
  format: z.literal(1),
  started: time,
  ended: time,
  checks: z.array(checkSchema),
});
export type VerifyAnswer = z.infer<typeof verifyAnswerSchema>;

/** /var/lib/social.coop/restore/phases.json; a phase that has not ended has no end. */
export const machinePhasesSchema = z.array(
  z.looseObject({
    name: z.string().min(1),
    start: time,
    end: time.optional(),
    bytes: count.optional(),
    objects: count.optional(),
  }),
);
export type MachinePhase = z.infer<typeof machinePhasesSchema>[number];

/** The text of docs/reference/report.schema.json. */
export function reportSchemaJson(): string {
  // What a report holds, not what a reader may leave out: defaults are filled in before it is written.
  return `${JSON.stringify({ title: 'coop rehearse: report.json', ...z.toJSONSchema(reportSchema, { io: 'output' }) }, null, 2)}\n`;
}
