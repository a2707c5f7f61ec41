import type { MachinePhase, Phase, Report } from './schema.ts';

/** A stretch on this computer's clock. */
export interface Stretch {
  start: Date;
  end: Date;
}

export interface PhaseFacts {
  /** `pulumi up`, whole. */
  up?: Stretch | undefined;
  /** What the machine wrote down of itself, on its own clock. */
  machine: readonly MachinePhase[];
  verify?: Stretch | undefined;
  canaries?: Stretch | undefined;
  destroy?: Stretch | undefined;
  clocks?: Report['clocks'];
}

/** The words of the report: what the cloud did, then what the machine said, then what was asked of it. */
export function phasesOf({ up, machine, verify, canaries, destroy, clocks }: PhaseFacts): Phase[] {
  const ahead = (clocks?.machine ?? 0) * 1000;
  const onTheMachine = machine
    .flatMap(({ name, start, end, bytes, objects }) =>
      end === undefined
        ? []
        : [
            {
              ...phase(name, new Date(Date.parse(start) - ahead), new Date(Date.parse(end) - ahead)),
              ...(bytes === undefined ? {} : { bytes }),
              ...(objects === undefined ? {} : { objects }),
            },
          ],
    )
    .sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  const first = onTheMachine[0];
  const last = onTheMachine.toSorted((a, b) => Date.parse(a.end) - Date.parse(b.end)).at(-1);
  return [
    ...(up ? [phase('provision', up.start, first ? earlier(up.end, first.start) : up.end)] : []),
    ...onTheMachine,
    // What `pulumi up` still did when the machine's own phases were over.
    ...(up && last && +up.end - Date.parse(last.end) > 1000
      ? [phase('settle', new Date(last.end), up.end)]
      : []),
    ...(verify ? [phase('verify', verify.start, verify.end)] : []),
    ...(canaries ? [phase('canaries', canaries.start, canaries.end)] : []),
    ...(destroy ? [phase('destroy', destroy.start, destroy.end)] : []),
  ];
}

/** Seconds from no machine to verified; undefined when it did not come so far. */
export function ttrOf({ up, verify }: PhaseFacts): number | undefined {
  return up && verify ? rounded((+verify.end - +up.start) / 1000) : undefined;
}

/** Phases that are part of TTR: the fence's proof and the clearing up are not what a recovery waits for. */
export const countsForTtr = ({ name }: Phase): boolean => name !== 'canaries' && name !== 'destroy';

function phase(name: string, start: Date, end: Date): Phase {
  const seconds = rounded(Math.max(0, +end - +start) / 1000);
  return { name, start: start.toISOString(), end: end.toISOString(), seconds };
}

const earlier = (a: Date, b: string) => new Date(Math.min(+a, Date.parse(b)));
const rounded = (value: number) => Math.round(value * 1000) / 1000;
