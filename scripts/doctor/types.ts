import type { Settings } from '../../components/accounts/settings.ts';
import type { Clouds } from '../../components/accounts/types.ts';
import type { PricedMachine } from '../../components/costs/costs.ts';
import type { Provider } from '../lib/accounts.ts';
import type { Context } from '../lib/context.ts';
import type { RawConfig } from '../lib/stack-config.ts';
import type { StackState } from './state.ts';

/** `skipped`: could not be looked at, which is no good news and no bad news. */
export type Level = 'ok' | 'warning' | 'failure' | 'skipped';

export interface Finding {
  level: Level;
  /** What was found. */
  text: string;
  /** What to do about it; absent where there is nothing to do. */
  remedy?: string;
}

/** What is examined. Everything slow is asked once, by whoever needs it first. */
export interface Patient {
  context: Context;
  stack: string | undefined;
  /** The stack file's plain values; empty without a stack. */
  plain: Record<string, unknown> & { primary?: PricedMachine; secondary?: PricedMachine };
  /** What its secrets are encrypted on, where that is a passphrase. */
  salt: string | undefined;
  /** Accounts the stack needs; without a stack those whose token is set. */
  providers: Provider[];
  /** Why no secret can be read; undefined when the passphrase is at hand. */
  noPassphrase: string | undefined;
  /** The config with its secrets; rejects when it cannot be decrypted. */
  config(): Promise<RawConfig>;
  /** What Pulumi's state says; rejects when it cannot be reached, undefined when it knows no such stack. */
  state(): Promise<StackState | undefined>;
  /** Whose tokens, and where the providers' APIs are. */
  settings: Settings;
  clouds: Clouds;
  /** For files that ssh needs; only this user may enter, and it goes away afterwards. */
  directory: string;
  now: Date;
}

export interface Check {
  /** One or two words: how it is listed. */
  name: string;
  /** Left out when no stack is named. */
  ofStack?: boolean;
  run(patient: Patient): Promise<Finding[]>;
}

export const ok = (text: string): Finding => ({ level: 'ok', text });
export const warning = (text: string, remedy: string): Finding => ({ level: 'warning', text, remedy });
export const failure = (text: string, remedy: string): Finding => ({ level: 'failure', text, remedy });
export const skipped = (text: string): Finding => ({ level: 'skipped', text });
