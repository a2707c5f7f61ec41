import type { SecretName } from '../../components/config/types.ts';

/** Who can read a secret: whoever has sudo on a machine, or only whoever knows the passphrase of the stack's secrets. */
export type Reader = 'sudo' | 'passphrase';

/** How a new value comes about. `never`: it cannot be changed without losing what it protects. */
export type Way = 'made' | 'given' | 'ssh-key' | 'cloud-key' | 'never';

/** One secret of a stack, and everything a person must know before changing it. */
export interface Rotation {
  /** As `coop rotate` takes it. */
  name: string;
  /** What it is for. */
  what: string;
  way: Way;
  /** Its entries in the stack file; none where Pulumi's state alone holds it. */
  secrets: SecretName[];
  readers: Reader;
  /** What happens, in order. */
  order: string[];
  /** What members notice while it happens. */
  downtime: string;
  /** What ends for good with the old value. Such a rotation wants --even-so. */
  loses?: string;
  /** Whether, and how, the old value can come back. */
  undo: string;
  /** The service of the machine that must refuse the old value afterwards, and open to the new one. */
  proof?: 'database' | 'redis';
}

const fromHistory = 'put the old value back from the history of the stack file, then pulumi up';
const webInTurn = 'the containers of the app restart, the web ones one after the other';
const none = 'none: one web container serves while the other restarts';

/** Every secret of a stack. The order is that of urgency when somebody has left. */
export const rotations: Rotation[] = [
  {
    name: 'deployKey',
    what: 'the SSH key pulumi up and coop reach root with',
    way: 'ssh-key',
    secrets: ['deployKey'],
    readers: 'passphrase',
    order: [
      'a new key is kept in the stack file beside the old one',
      'every machine takes the new key beside the old one',
      'the new key logs in on every machine',
      'every machine forgets the old key',
      'the new key takes the place of the old one in the stack file, and pulumi up runs with it',
    ],
    downtime: 'none: nothing of the app restarts',
    undo: 'rotate again',
  },
  {
    name: 'databasePassword',
    what: "password of the app's database role",
    way: 'made',
    secrets: ['databasePassword'],
    readers: 'sudo',
    order: ['the database takes the new password; open connections stay', webInTurn],
    downtime:
      'seconds in which a request or job that has to open a new connection to the database fails; jobs are tried again',
    undo: fromHistory,
    proof: 'database',
  },
  {
    name: 'databaseAdminPassword',
    what: "password of the database's superuser, which no connection over the network may use",
    way: 'made',
    secrets: ['databaseAdminPassword'],
    readers: 'passphrase',
    order: ['the database takes the new password'],
    downtime: 'none: nothing restarts',
    undo: fromHistory,
  },
  {
    name: 'redisPassword',
    what: 'password of Redis: queues, feeds, cache',
    way: 'made',
    secrets: ['redisPassword'],
    readers: 'sudo',
    order: [
      'Redis takes the new password beside the old one, without a restart',
      webInTurn,
      'Redis forgets the old password',
    ],
    downtime: none,
    undo: fromHistory,
    proof: 'redis',
  },
  {
    name: 'mediaKey',
    what: 'key that reads and writes the media bucket',
    way: 'cloud-key',
    secrets: [],
    readers: 'sudo',
    order: ['the cloud makes a new key', webInTurn, 'the cloud deletes the old key'],
    downtime: none,
    undo: 'no: the cloud has deleted the old key; rotate again',
  },
  {
    name: 'backupsKey',
    what: 'key that reads and writes the backups bucket',
    way: 'cloud-key',
    secrets: [],
    readers: 'sudo',
    order: [
      'the cloud makes a new key',
      'pgBackRest uses it from its next command on; nothing restarts',
      'the cloud deletes the old key',
    ],
    downtime: 'none; a backup that is running may fail and is taken again by its timer',
    undo: 'no: the cloud has deleted the old key; rotate again',
  },
  {
    name: 'repo2Key',
    what: 'key of the second backup repository; made at its provider, given here',
    way: 'given',
    secrets: ['repo2AccessKey', 'repo2SecretKey'],
    readers: 'sudo',
    order: [
      'you make a new key there, and leave the old one valid',
      'pgBackRest uses it from its next command on; nothing restarts',
      'you delete the old key there',
    ],
    downtime: 'none',
    undo: fromHistory,
  },
  {
    name: 'smtpPassword',
    what: 'password at the mail relay; made there, given here',
    way: 'given',
    secrets: ['smtpPassword'],
    readers: 'sudo',
    order: [
      'you make a new password at the relay, and leave the old one valid',
      webInTurn,
      'you revoke the old password at the relay',
    ],
    downtime: `${none}; where the relay keeps only one password, mail waits in the queue for these seconds`,
    undo: fromHistory,
  },
  {
    name: 'translationKey',
    what: 'key at the translation service; made there, given here',
    way: 'given',
    secrets: ['translationKey'],
    readers: 'sudo',
    order: [
      'you make a new key there, and leave the old one valid',
      webInTurn,
      'you revoke the old key there',
    ],
    downtime: none,
    undo: fromHistory,
  },
  {
    name: 'alertWebhook',
    what: 'address alerts are posted to; made where they are read, given here',
    way: 'given',
    secrets: ['alertWebhook'],
    readers: 'sudo',
    order: [
      'you make a new webhook there, and leave the old one',
      'the next alert goes to the new one; nothing restarts',
      '`sudo instance alert test` on the machine says whether it arrives',
      'you remove the old webhook there',
    ],
    downtime: 'none: nothing of the app restarts',
    undo: fromHistory,
  },
  {
    name: 'deadMansSwitch',
    what: 'address that is pinged while all is well; made there, given here',
    way: 'given',
    secrets: ['deadMansSwitch'],
    readers: 'sudo',
    order: [
      'you make a new switch there',
      'the next look of the watch, at most ten minutes later, pings the new one; nothing restarts',
      'you remove the old switch there, before it raises the alarm',
    ],
    downtime: 'none: nothing of the app restarts',
    undo: fromHistory,
  },
  {
    name: 'secretKeyBase',
    what: 'key Rails signs cookies and links with',
    way: 'made',
    secrets: ['secretKeyBase'],
    readers: 'sudo',
    order: [webInTurn],
    downtime: none,
    loses:
      'every browser is logged out, and links in mails sent before (confirm, reset a password, unsubscribe) are dead; apps on phones stay logged in',
    undo: `${fromHistory}; old cookies are then valid again`,
  },
  ...(
    [
      ['hostKey', "the primary's SSH host key, by which coop and admins know it"],
      ['secondaryHostKey', "the secondary's SSH host key"],
    ] as const
  ).map(
    ([name, what]): Rotation => ({
      name,
      what,
      way: 'ssh-key',
      secrets: [name],
      readers: 'sudo',
      order: [
        'a new key is kept in the stack file; coop believes both',
        'the machine shows the new key from then on; sshd reloads, sessions stay',
        'the new key takes the place of the old one in the stack file, and pulumi up runs',
      ],
      downtime: 'none: nothing of the app restarts; ssh warns admins who connect without coop, once',
      undo: 'rotate again',
    }),
  ),
  {
    name: 'vapid',
    what: 'key pair web push is signed with',
    way: 'made',
    secrets: ['vapidPrivateKey', 'vapidPublicKey'],
    readers: 'sudo',
    order: [webInTurn],
    downtime: none,
    loses:
      'every push subscription ends: phones and browsers are silent until each member turns push off and on again',
    undo: `${fromHistory}; subscriptions that nobody renewed work again`,
  },
  ...(
    [
      ['activeRecordPrimaryKey', 'key of encrypted columns, such as second factors'],
      ['activeRecordDeterministicKey', 'key of encrypted columns that are searched'],
      ['activeRecordKeyDerivationSalt', 'salt of the keys of encrypted columns'],
    ] as const
  ).map(
    ([name, what]): Rotation => ({
      name,
      what,
      way: 'never',
      secrets: [name],
      readers: 'sudo',
      order: [],
      downtime: 'cannot be rotated: the app has no way to encrypt again what it encrypted with the old value',
      undo: 'members can turn their second factor off and on again, which makes a new one',
    }),
  ),
  {
    name: 'repositoryCipher',
    what: 'passphrase the backups are encrypted with',
    way: 'never',
    secrets: ['repositoryCipher'],
    readers: 'sudo',
    order: [],
    downtime:
      'cannot be rotated: pgBackRest does not encrypt anew what is there. With it alone nobody reads a backup; rotate backupsKey, which takes the bucket from whoever knows both',
    undo: 'a new repository in a new bucket, with a new cipher; the old one is kept until its backups have expired',
  },
  {
    name: 'dumpKey',
    what: 'key that reads the dumps of a rehearsal from plain dumps',
    way: 'never',
    secrets: ['dumpAccessKey', 'dumpSecretKey'],
    readers: 'sudo',
    order: [],
    downtime:
      'cannot be rotated: only a rehearsal has it, which is taken down. Revoke it where the dumps are',
    undo: 'make another that may only read, for the next rehearsal',
  },
];
