import { VisibleError } from '../../../components/errors.ts';
import type { Progress } from '../progress.ts';
import type { Stretch } from '../report/phases.ts';
import type { StackPlace } from '../stack-config.ts';
import { engine, lastWords } from './engine.ts';

/** What is worth a line when it is there, by the name of its resource. */
const milestones: [RegExp, string][] = [
  [/(?:Droplet|Server)\s+\S+\s+created/, 'the machine is there'],
  [/Command\s+\S+-prepare-run\s+created/, 'packages and images are in, the fence is up'],
  [/Command\s+\S+-apply-run\s+created/, 'restored, and the app runs'],
];

/** `pulumi up` of the copy, told as it goes; how long it took. Throws with the end of what it said. */
export async function bringUpCopy(
  place: StackPlace,
  progress: Progress,
  stop: AbortSignal,
  seen: (up: Stretch) => void,
): Promise<void> {
  stop.throwIfAborted();
  const start = new Date();
  const since = () => `${Math.round((Date.now() - +start) / 1000)} s`;
  const result = await progress.step(`pulumi up of ${place.stack}`, () =>
    engine(place, ['up', '--yes', '--skip-preview'], {
      stop,
      onLine(line) {
        const what = milestones.find(([pattern]) => pattern.test(line))?.[1];
        if (what) progress.note(`  after ${since()}: ${what}`);
      },
    }),
  );
  seen({ start, end: new Date() });
  stop.throwIfAborted();
  if (result.code !== 0)
    throw new VisibleError(`pulumi up failed — stack ${place.stack} —\n${lastWords(result, 25)}`);
}
