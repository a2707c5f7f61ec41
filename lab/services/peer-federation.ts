import { labFetch } from '../client.ts';
import { keyIdOf, type Received, signatureProblem, signRequest } from './http-signature.ts';
import { activityType, type PeerDocuments, publicAudience } from './peer-documents.ts';
import type { PeerStore } from './peer-store.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents of other servers, checked where they are used
type Document = Record<string, any>;

export interface Sent {
  status: number;
  body: string;
  id?: string;
}

/** What the peer does to others: fetches, delivers, follows, and believes only what is signed. */
export class PeerFederation {
  private readonly store: PeerStore;
  private readonly documents: PeerDocuments;
  private readonly fetch: typeof labFetch;

  constructor(store: PeerStore, documents: PeerDocuments, fetch = labFetch) {
    this.store = store;
    this.documents = documents;
    this.fetch = fetch;
  }

  private signingKey(name: string) {
    const keyId = `${this.documents.actorUrl(name)}#main-key`;
    return { keyId, privateKeyPem: this.store.key(name).privateKey };
  }

  /** Fetches a document with a signed request, as instances with authorized fetch demand. */
  async get(url: string, name = 'alice'): Promise<Document> {
    const headers = { accept: activityType, ...signRequest({ method: 'GET', url }, this.signingKey(name)) };
    const response = await this.fetch(url, { headers, timeoutMs: 10_000 });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
    return JSON.parse(text);
  }

  async deliver(name: string, inbox: string, activity: Document): Promise<Sent> {
    const body = JSON.stringify(activity);
    const signed = signRequest({ method: 'POST', url: inbox, body }, this.signingKey(name));
    const headers = { 'content-type': activityType, ...signed };
    const response = await this.fetch(inbox, { method: 'POST', headers, body, timeoutMs: 15_000 });
    return { status: response.status, body: (await response.text()).slice(0, 2000), id: activity.id };
  }

  /** The actor behind `acct:user@host`, `@user@host` or a URL. */
  async resolve(target: string): Promise<Document> {
    const acct = target.match(/^(?:acct:|@)?([^@/]+)@([^@/]+)$/);
    if (!acct) return this.get(target);
    const url = `https://${acct[2]}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${acct[1]}@${acct[2]}`)}`;
    const response = await this.fetch(url, { timeoutMs: 10_000 });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
    const links = (JSON.parse(text).links ?? []) as { rel: string; href: string }[];
    const self = links.find((link) => link.rel === 'self')?.href;
    if (!self) throw new Error(`${url} names no actor`);
    return this.get(self);
  }

  async follow(name: string, target: string): Promise<Sent> {
    const actor = await this.resolve(target);
    const activity = this.documents.activity('Follow', name, actor.id);
    this.store.state.following = this.store.state.following.filter(
      (f) => f.name !== name || f.actor !== actor.id,
    );
    this.store.state.following.push({ name, actor: actor.id, activity: activity.id });
    this.store.save();
    return this.deliver(name, actor.inbox, activity);
  }

  /** Publishes a note and delivers it to the targets, or to whoever follows the actor. */
  async post(name: string, text: string, targets: string[] = []): Promise<{ note: Document; sent: Sent[] }> {
    const followers = this.store.state.followers
      .filter((follow) => follow.name === name)
      .map((follow) => follow.actor);
    const actors = await Promise.all(
      (targets.length ? targets : followers).map((target) => this.resolve(target)),
    );
    const note = this.documents.note(name, text, [
      publicAudience,
      ...(targets.length ? actors.map(({ id }) => id) : []),
    ]);
    this.store.state.notes[note.id as string] = note;
    this.store.save();
    const activity = this.documents.activity('Create', name, note, { to: note.to, cc: note.cc });
    return {
      note,
      sent: await Promise.all(actors.map((actor) => this.deliver(name, actor.inbox, activity))),
    };
  }

  /** Why a delivery is not to be believed; undefined when its signature is its actor's. */
  async problem(request: Received, activity: Document): Promise<string | undefined> {
    const keyId = keyIdOf(request.headers);
    if (!keyId) return 'unsigned';
    let document: Document;
    try {
      document = await this.get(keyId.replace(/#.*$/, ''));
    } catch (error) {
      return `the key ${keyId} cannot be fetched: ${(error as Error).message}`;
    }
    const key = document.publicKey ?? document;
    if (key.owner && activity.actor && key.owner !== activity.actor)
      return `signed by ${key.owner}, not by ${activity.actor}`;
    return signatureProblem(request, String(key.publicKeyPem));
  }

  /** What an activity means for the peer's own state; a Follow is accepted at once. */
  async receive(activity: Document): Promise<void> {
    const { state } = this.store;
    const object = activity.object;
    if (activity.type === 'Follow' && typeof object === 'string') {
      const name = object.slice(this.documents.actorUrl('').length);
      state.followers = state.followers.filter((f) => f.name !== name || f.actor !== activity.actor);
      state.followers.push({ name, actor: activity.actor, activity: activity.id, accepted: true });
      const actor = await this.get(activity.actor);
      await this.deliver(name, actor.inbox, this.documents.activity('Accept', name, activity));
    }
    if (activity.type === 'Accept') {
      const id = typeof object === 'string' ? object : object?.id;
      for (const follow of state.following)
        if (follow.activity === id || follow.actor === activity.actor) follow.accepted = true;
    }
    if (activity.type === 'Undo' && object?.type === 'Follow')
      state.followers = state.followers.filter((follow) => follow.actor !== activity.actor);
    this.store.save();
  }
}
