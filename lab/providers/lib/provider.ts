import type { Failure } from './check.ts';
import type { Diff } from './diff.ts';
import type { Properties } from './wire.ts';

/** One resource of one request: `type` is the token, `name` the logical name. */
export interface Subject {
  type: string;
  name: string;
  urn: string;
}

/** Writes one line into the engine's log, under the resource. */
export type Log = (message: string, severity?: 'info' | 'warning') => void;

/** What a plugin answers to the engine; properties keep the engine's secret wrappers. */
export interface Provider {
  name: string;
  version: string;
  /** The provider's own configuration (`pulumi config set digitalocean:token …`), where a program gives it. */
  configure?(values: Record<string, string>): void;
  check(subject: Subject, olds: Properties, news: Properties): { inputs: Properties; failures: Failure[] };
  diff(subject: Subject, oldInputs: Properties, news: Properties): Diff;
  create(subject: Subject, inputs: Properties, log: Log): Promise<{ id: string; outputs: Properties }>;
  /** `undefined`: the resource is gone. An import may ask by other words than the id. */
  read(
    subject: Subject,
    id: string,
    inputs: Properties,
    outputs: Properties,
  ): Promise<{ id?: string; inputs: Properties; outputs: Properties } | undefined>;
  update(
    subject: Subject,
    id: string,
    olds: Properties,
    news: Properties,
    log: Log,
    changed: string[],
  ): Promise<Properties>;
  remove(subject: Subject, id: string, outputs: Properties, log: Log): Promise<void>;
  /** The operator pressed Ctrl-C. */
  cancel?(): void;
}

/** The cloud has made the resource, but the request failed: the engine keeps the id and goes on with it. */
export class PartialFailure extends Error {
  override name = 'PartialFailure';
  readonly id: string;
  readonly properties: Properties;

  constructor(message: string, id: string, properties: Properties) {
    super(message);
    this.id = id;
    this.properties = properties;
  }
}
