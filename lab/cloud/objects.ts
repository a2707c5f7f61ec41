import { isDeepStrictEqual } from 'node:util';
import { limitsOf } from './accounts.ts';
import { ApiError, isRefusal, notFound } from './api-error.ts';
import type { Backends } from './backends.ts';
import { takeFault } from './faults.ts';
import { isPartOf, kindOf, ownedBy, ownerOf } from './lookup.ts';
import { refusalsOf } from './refusals.ts';
import type { Store } from './store.ts';
import type { Account, CloudObject, Context, Kind, Properties } from './types.ts';

/** Create, read, update and delete for every kind of resource, with intents on disk and injected faults. */
export class Objects {
  readonly #store: Store;
  readonly #backends: Backends;
  /** Creates under way, by object id, so that a repeated request waits for the first. */
  readonly #making = new Map<string, Promise<void>>();

  constructor(store: Store, backends: Backends) {
    this.#store = store;
    this.#backends = backends;
  }

  async create(account: Account, type: string, inputs: Properties, request?: string): Promise<CloudObject> {
    const kind = kindOf(account.provider, type);
    const orphan = this.#all(account, type).find((o) => request && o.request === request && !o.delivered);
    if (orphan) {
      await this.#making.get(orphan.id);
      if (asksFor(inputs, orphan)) return orphan;
      // Nobody knows its id: left alone it would be paid for ever.
      await this.#forget(account, kind, orphan);
    }
    const fault = takeFault(this.#store.state, account.provider, type, 'create');
    const context = this.contextOf(account);
    const limit = limitsOf(account)[type];
    if (limit !== undefined && context.list(type).length >= limit)
      throw refusalsOf(account.provider).limit(type);
    const planned = kind.plan(context, inputs);
    const object: CloudObject = {
      provider: account.provider,
      type,
      account: account.name,
      ...planned,
      phase: 'creating',
      ...(request ? { request } : {}),
    };
    this.#store.state.objects.push(object);
    await this.#make(account, kind, object);
    if (fault === 'timeout-after') {
      const message = `timeout while waiting for state to become 'active' (last state: 'new', timeout: 1m0s)`;
      throw new ApiError(504, message, 'timeout', { id: object.id, outputs: object.outputs });
    }
    return object;
  }

  /** The asker knows the id now; asking again means wanting another one. */
  async delivered(provider: string, type: string, id: string): Promise<void> {
    const object = this.#any(provider, type, id);
    if (!object || object.delivered) return;
    object.delivered = true;
    await this.#store.save();
  }

  async read(account: Account, type: string, id: string): Promise<CloudObject> {
    const kind = kindOf(account.provider, type);
    const object = this.#find(account, type, id);
    takeFault(this.#store.state, account.provider, type, 'read');
    await this.#making.get(id);
    if (kind.refresh && !(await kind.refresh(this.contextOf(account), object))) {
      await this.#forget(account, kind, object);
      throw notFound();
    }
    return object;
  }

  async update(account: Account, type: string, id: string, inputs: Properties): Promise<CloudObject> {
    const kind = kindOf(account.provider, type);
    const object = this.#find(account, type, id);
    const fault = takeFault(this.#store.state, account.provider, type, 'update');
    await this.#making.get(id);
    await kind.update(this.contextOf(account), object, inputs);
    await this.#store.save();
    if (fault === 'timeout-after') throw new ApiError(504, 'context deadline exceeded', 'timeout');
    return object;
  }

  async remove(account: Account, type: string, id: string): Promise<void> {
    const kind = kindOf(account.provider, type);
    const object = this.#find(account, type, id);
    const fault = takeFault(this.#store.state, account.provider, type, 'delete');
    await this.#making.get(id)?.catch(() => {});
    kind.refuseRemoval?.(this.contextOf(account), object);
    await this.#forget(account, kind, object);
    if (fault === 'timeout-after') throw new ApiError(504, 'context deadline exceeded', 'timeout');
  }

  /** Everything there is, as the operators of all clouds would see it. */
  everything(): CloudObject[] {
    return this.#store.state.objects;
  }

  owner(provider: string, type: string, id: string): Account {
    const found = this.#any(provider, type, id);
    if (!found) throw notFound();
    return ownerOf(this.#store.state, found);
  }

  contextOf(account: Account): Context {
    const { state } = this.#store;
    const everywhere = (provider: string, type: string) =>
      state.objects.filter((o) => o.provider === provider && o.type === type && o.phase !== 'deleting');
    const world = (type: string) => everywhere(account.provider, type);
    return {
      account,
      backends: this.#backends,
      next: () => ++state.counter,
      world,
      everywhere,
      list: (type) => world(type).filter((object) => object.account === account.name),
    };
  }

  /** After a restart: finishes what was being made or removed; requests for it wait meanwhile. */
  async recover(): Promise<string[]> {
    const unfinished = this.everything().filter(({ phase }) => phase !== 'ready');
    return Promise.all(
      unfinished.map(async (object) => {
        const account = ownerOf(this.#store.state, object);
        const kind = kindOf(object.provider, object.type);
        const line = `${object.phase} ${object.provider} ${object.type} ${object.id}`;
        const finish = object.phase === 'creating' ? this.#make : this.#forget;
        return finish.call(this, account, kind, object).then(
          () => line,
          (error: Error) => `${line} failed: ${error.message}`,
        );
      }),
    );
  }

  #make(account: Account, kind: Kind, object: CloudObject): Promise<void> {
    const work = (async () => {
      // On disk before anything real exists: whoever comes after a crash knows what to look for.
      await this.#store.save();
      try {
        await kind.realise?.(this.contextOf(account), object);
      } catch (error) {
        await this.#forget(account, kind, object);
        throw error;
      }
      object.phase = 'ready';
      await this.#store.save();
    })().finally(() => this.#making.delete(object.id));
    this.#making.set(object.id, work);
    return work;
  }

  async #forget(account: Account, kind: Kind, object: CloudObject): Promise<void> {
    const before = object.phase;
    object.phase = 'deleting';
    await this.#store.save();
    try {
      await kind.remove?.(this.contextOf(account), object);
    } catch (error) {
      // Refused (a bucket that is not empty): it lives on.
      if (isRefusal(error)) object.phase = before;
      await this.#store.save();
      throw error;
    }
    const { state } = this.#store;
    state.objects = state.objects.filter((other) => other !== object && !isPartOf(other, object));
    await this.#store.save();
  }

  #all = (account: Account, type: string) => this.everything().filter(ownedBy(account, type));

  #any = (provider: string, type: string, id: string) =>
    this.everything().find((o) => o.provider === provider && o.type === type && o.id === id);

  #find(account: Account, type: string, id: string): CloudObject {
    const found = this.#all(account, type).find((object) => object.id === id);
    if (!found) throw notFound();
    return found;
  }
}

const asksFor = (inputs: Properties, object: CloudObject) =>
  Object.entries(inputs).every(([key, value]) => isDeepStrictEqual(object.inputs[key], value));
