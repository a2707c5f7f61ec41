import type { Loose, Problem, StackConfig } from '../types.ts';

/** The domain must lie in the zone its records are made in. */
export function checkDns({ domain, dns }: Loose<StackConfig>): Problem[] {
  if (dns?.provider !== 'cloudflare' || dns.zone === undefined || domain === undefined) return [];
  if (domain === dns.zone || domain.endsWith(`.${dns.zone}`)) return [];
  return [
    {
      key: 'dns.zone',
      value: JSON.stringify(dns.zone),
      reason: `does not hold ${domain}`,
      remedy: 'name the zone the domain is in, or set dns.provider to none',
    },
  ];
}

/** Two buckets, not one. */
export function checkStorage({ storage }: Loose<StackConfig>): Problem[] {
  if (storage?.media === undefined || storage.media !== storage.backups) return [];
  return [
    {
      key: 'storage.backups',
      value: JSON.stringify(storage.backups),
      reason: 'is also the bucket of media',
      remedy: 'give each its own: whoever may write media must not reach the backups',
    },
  ];
}

/** A second repository has keys of its own, and lies elsewhere than the first. */
export function checkRepo2({ repo2, storage, secrets }: Loose<StackConfig>): Problem[] {
  const names = ['repo2AccessKey', 'repo2SecretKey'] as const;
  const there = names.filter((name) => secrets?.[name] !== undefined);
  if (!repo2) {
    if (there.length === 0) return [];
    const remedy = 'set repo2 (endpoint, region, bucket), or remove its keys';
    return [{ key: 'repo2', reason: `is missing beside secrets.${there.join(', secrets.')}`, remedy }];
  }
  const missing = names.filter((name) => secrets !== undefined && secrets[name] === undefined);
  const problems = missing.map((name) => ({
    key: `secrets.${name}`,
    reason: 'is missing beside repo2',
    remedy: `run \`pulumi config set --secret --path secrets.${name}\`; its key must reach that bucket only`,
  }));
  if (repo2.bucket === undefined || repo2.bucket !== storage?.backups) return problems;
  if (repo2.endpoint !== `${storage.region}.digitaloceanspaces.com`) return problems;
  const remedy = 'name a bucket at another company: one mistake there must not cost both';
  const value = JSON.stringify(repo2.bucket);
  return [...problems, { key: 'repo2.bucket', value, reason: 'is the first repository', remedy }];
}

/** A stack that is brought back is itself, and no copy of another. */
export function checkRecover({ recover, restore }: Loose<StackConfig>, now: Date): Problem[] {
  if (!recover) return [];
  const value = JSON.stringify(recover.to);
  if (recover.to !== undefined && recover.to !== 'latest' && Date.parse(recover.to) > now.getTime()) {
    const remedy = 'name a moment that was archived, or latest';
    return [{ key: 'recover.to', value, reason: 'is in the future', remedy }];
  }
  if (!restore) return [];
  const remedy = 'remove one of them: recover brings this stack back, restore makes a copy of another';
  return [{ key: 'recover', reason: 'cannot be beside restore', remedy }];
}

/** Without it nobody could bring the stack back from its bucket. */
export function checkRecovery({ recovery, restore }: Loose<StackConfig>): Problem[] {
  // A copy makes no backups, and so needs no kit of its own.
  if (recovery !== undefined || restore !== undefined) return [];
  const remedy = 'run `coop init` for this stack: it makes it, encrypted with the passphrase';
  return [{ key: 'recovery', reason: 'is missing', remedy }];
}

/** A user needs a password, and a password a user. */
export function checkMail({ mail, secrets }: Loose<StackConfig>): Problem[] {
  if (!mail || !secrets) return [];
  if (mail.user !== undefined && secrets.smtpPassword === undefined) {
    const remedy = 'run `pulumi config set --secret --path secrets.smtpPassword`, or remove mail.user';
    return [{ key: 'secrets.smtpPassword', reason: 'is missing beside mail.user', remedy }];
  }
  if (mail.user === undefined && secrets.smtpPassword !== undefined) {
    return [
      {
        key: 'mail.user',
        reason: 'is missing beside secrets.smtpPassword',
        remedy: 'set it, or remove the password',
      },
    ];
  }
  if (mail.user !== undefined && opportunistic(mail)) {
    const remedy = 'use port 587 (or 465), or set mail.encryption to starttls or tls';
    return [{ key: 'mail.encryption', reason: 'would let the password travel unencrypted', remedy }];
  }
  if (mail.user === undefined && mail.auth !== undefined) {
    const remedy = 'set mail.user, or remove it';
    return [
      {
        key: 'mail.auth',
        value: JSON.stringify(mail.auth),
        reason: 'is of no use without mail.user',
        remedy,
      },
    ];
  }
  return [];
}

const opportunistic = ({ encryption, port }: NonNullable<Loose<StackConfig>['mail']>) =>
  (encryption ?? (port === 25 ? 'opportunistic' : 'starttls')) === 'opportunistic';

/** DeepL works with a key only; a key works with a service only. */
export function checkTranslation({ translation, secrets }: Loose<StackConfig>): Problem[] {
  if (!secrets) return [];
  if (translation?.provider === 'deepl' && secrets.translationKey === undefined) {
    const remedy = 'run `pulumi config set --secret --path secrets.translationKey`, or remove translation';
    return [{ key: 'secrets.translationKey', reason: 'is missing beside translation', remedy }];
  }
  if (translation || secrets.translationKey === undefined) return [];
  const remedy = 'set translation.provider, or remove the key';
  return [{ key: 'translation', reason: 'is missing beside secrets.translationKey', remedy }];
}

/** A stack that is over may not be brought up again by accident; a protected one does not expire. */
export function checkExpiry({ expires, protect }: Loose<StackConfig>, now: Date): Problem[] {
  if (expires === undefined) return [];
  const value = JSON.stringify(expires);
  if (protect) {
    const remedy = 'remove expires, or set protect to false';
    return [{ key: 'expires', value, reason: 'cannot be on a protected stack', remedy }];
  }
  if (expires >= now.toISOString().slice(0, 10)) return [];
  const remedy = 'take the stack down with `coop destroy`, or set a later day';
  return [{ key: 'expires', value, reason: 'is in the past', remedy }];
}

/** The image is asked for only where it runs. */
export function checkSearch({ search, images }: Loose<StackConfig>): Problem[] {
  if (!images || search?.enabled === undefined || search.enabled === (images.search !== undefined)) return [];
  if (search.enabled) {
    const remedy = 'name an image of Elasticsearch 7.17 with its digest, or set search.enabled to false';
    return [{ key: 'images.search', reason: 'is missing beside search.enabled', remedy }];
  }
  const remedy = 'set search.enabled to true, or remove it';
  return [
    {
      key: 'images.search',
      value: JSON.stringify(images.search),
      reason: 'is of no use without search.enabled',
      remedy,
    },
  ];
}
