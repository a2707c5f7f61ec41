import type { PeerStore } from './peer-store.ts';

export const activityType = 'application/activity+json';
const context = ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'];
export const publicAudience = 'https://www.w3.org/ns/activitystreams#Public';

/** The documents that a fediverse server shows of itself: https://docs.joinmastodon.org/spec/activitypub/ */
export class PeerDocuments {
  readonly base: string;
  readonly host: string;
  private readonly store: PeerStore;

  constructor(host: string, store: PeerStore) {
    this.host = host;
    this.base = `https://${host}`;
    this.store = store;
  }

  actorUrl = (name: string) => `${this.base}/users/${name}`;

  webfinger(resource: string | null): object | undefined {
    const name = resource?.match(
      new RegExp(`^(?:acct:([a-z0-9_]+)@|https://)${this.host}(?:/users/([a-z0-9_]+))?$`),
    );
    const found = name?.[1] ?? name?.[2];
    if (!found) return undefined;
    return {
      subject: `acct:${found}@${this.host}`,
      aliases: [this.actorUrl(found)],
      links: [{ rel: 'self', type: activityType, href: this.actorUrl(found) }],
    };
  }

  actor(name: string): object {
    const url = this.actorUrl(name);
    return {
      '@context': context,
      id: url,
      type: 'Person',
      preferredUsername: name,
      name: `${name} of the lab`,
      summary: 'An account of the lab’s fediverse peer.',
      url,
      inbox: `${url}/inbox`,
      outbox: `${url}/outbox`,
      followers: `${url}/followers`,
      following: `${url}/following`,
      manuallyApprovesFollowers: false,
      discoverable: true,
      endpoints: { sharedInbox: `${this.base}/inbox` },
      publicKey: { id: `${url}#main-key`, owner: url, publicKeyPem: this.store.key(name).publicKey },
    };
  }

  collection(name: string, kind: 'followers' | 'following' | 'outbox'): object {
    const items =
      kind === 'outbox'
        ? Object.values(this.store.state.notes).filter((note) => note.attributedTo === this.actorUrl(name))
        : this.store.state[kind].filter((follow) => follow.name === name).map((follow) => follow.actor);
    const id = `${this.actorUrl(name)}/${kind}`;
    return {
      '@context': context,
      id,
      type: 'OrderedCollection',
      totalItems: items.length,
      orderedItems: items,
    };
  }

  note(name: string, text: string, to: string[]): Record<string, unknown> {
    const id = `${this.actorUrl(name)}/statuses/${Date.now()}`;
    return {
      id,
      type: 'Note',
      published: new Date().toISOString(),
      attributedTo: this.actorUrl(name),
      content: `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`,
      url: id,
      to: to.length ? to : [publicAudience],
      cc: [`${this.actorUrl(name)}/followers`],
    };
  }

  activity(
    type: string,
    name: string,
    object: unknown,
    more: object = {},
  ): Record<string, unknown> & { id: string } {
    const id = `${this.actorUrl(name)}#${type.toLowerCase()}-${crypto.randomUUID()}`;
    return { '@context': context, id, type, actor: this.actorUrl(name), object, ...more };
  }

  nodeinfo(): object {
    return {
      version: '2.0',
      software: { name: 'social-coop-lab-peer', version: '1' },
      protocols: ['activitypub'],
      services: { inbound: [], outbound: [] },
      usage: { users: { total: Object.keys(this.store.state.keys).length } },
      openRegistrations: false,
      metadata: {},
    };
  }
}
