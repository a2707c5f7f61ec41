import { Problem } from '../core/problem.ts';
import { QUEUES } from './job.ts';

export interface SidekiqOptions {
  concurrency: number;
  /** Queue names in order; the first is served first when none has a weight. */
  queues: string[];
  weighted: boolean;
  timeout: number;
}

/** `sidekiq -c N -q QUEUE[,WEIGHT] …` as Sidekiq parses it; without `-q`, every queue of Mastodon's sidekiq.yml. */
export function parseSidekiq(args: string[]): SidekiqOptions {
  const options: SidekiqOptions = { concurrency: 5, queues: [], weighted: false, timeout: 25 };
  const rest = [...args];
  const value = (flag: string): string => {
    const next = rest.shift();
    if (next === undefined) throw new Problem(`missing argument: ${flag} — sidekiq — give it a value`);
    return next;
  };
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [flag = '', joined] = arg.startsWith('--') ? arg.split('=', 2) : [arg];
    const take = (): string => joined ?? value(flag);
    if (flag === '-c' || flag === '--concurrency') options.concurrency = Number(take());
    else if (flag === '-q' || flag === '--queue') addQueue(options, take());
    else if (flag === '-t' || flag === '--timeout') options.timeout = Number(take());
    else if (['-C', '--config', '-r', '--require', '-e', '--environment'].includes(flag)) take();
    else if (flag !== '-v' && flag !== '--verbose')
      throw new Problem(`invalid option: ${flag} — sidekiq — use -c, -q, -t, -C, -r, -e or -v`);
  }
  if (!Number.isInteger(options.concurrency) || options.concurrency < 1)
    throw new Problem('concurrency is not a number above 0 — sidekiq -c — give one');
  if (options.queues.length === 0) options.queues = [...QUEUES];
  return options;
}

function addQueue(options: SidekiqOptions, text: string): void {
  const [name = '', weight] = text.split(',');
  const times = weight === undefined ? 1 : Number(weight);
  if (!name || !Number.isInteger(times) || times < 1)
    throw new Problem(`'${text}' is no queue — sidekiq -q — write NAME or NAME,WEIGHT`);
  // Sidekiq, too, treats a queue that is named twice as one of weight 2
  if (weight !== undefined || options.queues.includes(name)) options.weighted = true;
  for (let i = 0; i < times; i++) options.queues.push(name);
}

/** Order in which queues are asked for the next job: strict, or shuffled by weight. */
export function fetchOrder(options: Pick<SidekiqOptions, 'queues' | 'weighted'>): string[] {
  if (!options.weighted) return [...new Set(options.queues)];
  const shuffled = [...options.queues];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] as string, shuffled[i] as string];
  }
  return [...new Set(shuffled)];
}
