import { randomBytes } from 'node:crypto';
import { checkInputs, type Dialect } from './check.ts';
import { type Answer, callCloud } from './cloud.ts';
import { diffInputs } from './diff.ts';
import { PartialFailure, type Provider, type Subject } from './provider.ts';
import type { PackageRules, ResourceRules } from './rules.ts';
import { type Properties, plainObject, rewrap } from './wire.ts';

export interface CloudProviderOptions {
  rules: PackageRules;
  dialect: Dialect;
  /** The account's token; the daemon refuses what it does not know. */
  token: (type: string) => string | undefined;
  /** Types whose `name` the provider makes up when none is given. */
  autonamed: string[];
  /** Inputs whose lists are sets: their order does not matter. */
  unordered: (type: string, input: string) => boolean;
  /** Outputs that are always secret, by type. */
  secretOutputs?: Record<string, string[]>;
  /** Provider settings, and the environment variables they stand for. */
  settings: Record<string, string>;
  /** Why the provider does not even begin with these settings; undefined when it does. */
  refuse?(): string | undefined;
  /** The id in what an import asks by, where that is more. */
  importId?(type: string, asked: string): string;
  /** The provider's own words for a refusal of its API. */
  explain(verb: Verb, type: string, answer: Answer): string;
}

export type Verb = 'creating' | 'reading' | 'updating' | 'deleting';

/** A provider whose resources live in the lab's cloud daemon, driven by the published rules alone. */
export function cloudProvider(options: CloudProviderOptions): Provider {
  const { rules, dialect } = options;
  const short = (type: string) => type.split(':').at(-1) ?? type;
  const secretOutputs = (subject: Subject) => options.secretOutputs?.[short(subject.type)] ?? [];
  const path = (subject: Subject, id?: string) =>
    `/v1/${rules.package}/${short(subject.type)}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;
  const rulesOf = (type: string): ResourceRules => {
    const found = rules.resources[type];
    if (!found)
      throw new Error(
        `unknown resource type ${type} — the lab's ${rules.package} plugin knows ${Object.keys(rules.resources).join(', ')}`,
      );
    return found;
  };
  const call = async (verb: Verb, method: string, subject: Subject, id?: string, body?: Properties) => {
    const token = options.token(short(subject.type));
    // By its URN a create whose answer was lost is known again, and makes no second one.
    const answer = await callCloud(method, path(subject, id), token, body, subject.urn);
    if (answer.status < 300 || (answer.status === 404 && (verb === 'reading' || verb === 'deleting')))
      return answer;
    const message = options.explain(verb, short(subject.type), answer);
    if (typeof answer.body.id !== 'string') throw new Error(message);
    const outputs = { ...body, ...(answer.body.outputs as Properties) };
    throw new PartialFailure(message, answer.body.id, outputs);
  };

  return {
    name: rules.package,
    version: rules.version,

    configure(values) {
      for (const [key, variable] of Object.entries(options.settings)) {
        if (values[key]) process.env[variable] = values[key];
      }
      const problem = options.refuse?.();
      if (problem) throw new Error(problem);
    },

    check(subject, olds, news) {
      const failures = checkInputs(rulesOf(subject.type), dialect, subject.name, news);
      const inputs: Properties = { ...news, __defaults: [] };
      if (options.autonamed.includes(short(subject.type)) && news.name === undefined) {
        const kept = Array.isArray(olds.__defaults) && olds.__defaults.includes('name') && olds.name;
        inputs.name = kept || `${subject.name}-${randomBytes(4).toString('hex').slice(0, 7)}`;
        inputs.__defaults = ['name'];
      }
      return { inputs, failures };
    },

    diff(subject, oldInputs, news) {
      return diffInputs(rulesOf(subject.type), oldInputs, news, {
        unordered: (input) => options.unordered(short(subject.type), input),
      });
    },

    async create(subject, inputs) {
      const { __defaults, ...given } = plainObject(inputs);
      try {
        const { body } = await call('creating', 'POST', subject, undefined, given);
        const outputs = { ...given, ...(body.outputs as Properties) };
        return { id: String(body.id), outputs: rewrap(outputs, [inputs], secretOutputs(subject)) };
      } catch (error) {
        if (!(error instanceof PartialFailure)) throw error;
        throw new PartialFailure(
          error.message,
          error.id,
          rewrap(error.properties, [inputs], secretOutputs(subject)),
        );
      }
    },

    async read(subject, asked, inputs, outputs) {
      const id = options.importId?.(short(subject.type), asked) ?? asked;
      const { status, body } = await call('reading', 'GET', subject, id);
      if (status === 404) return undefined;
      const current = body.inputs as Properties;
      // Only what the program set is compared; an import (no inputs known yet) takes everything.
      const wanted = Object.keys(inputs).length > 0 ? Object.keys(inputs) : Object.keys(current);
      const kept = wanted.map((key) => [key, key === '__defaults' ? inputs[key] : current[key]]);
      const origins = [inputs, outputs];
      return {
        id,
        inputs: rewrap(Object.fromEntries(kept.filter(([, value]) => value !== undefined)), origins),
        outputs: rewrap({ ...current, ...(body.outputs as Properties) }, origins, secretOutputs(subject)),
      };
    },

    async update(subject, id, olds, news) {
      const { __defaults, ...given } = plainObject(news);
      const { body } = await call('updating', 'PATCH', subject, id, given);
      return rewrap({ ...given, ...(body.outputs as Properties) }, [olds, news], secretOutputs(subject));
    },

    async remove(subject, id) {
      await call('deleting', 'DELETE', subject, id);
    },
  };
}
