import { checkDatabaseClients } from './checks/database-clients.ts';
import { checkEnvironment } from './checks/environment.ts';
import {
  checkDns,
  checkExpiry,
  checkMail,
  checkRecover,
  checkRecovery,
  checkRepo2,
  checkSearch,
  checkStorage,
  checkTranslation,
} from './checks/keys.ts';
import { checkMachines } from './checks/machines.ts';
import { checkProcessList } from './checks/processes.ts';
import { checkRanges } from './checks/ranges.ts';
import { checkRestore } from './checks/restore.ts';
import { checkSecretPairs } from './checks/secrets.ts';
import type { Loose, Problem, StackConfig } from './types.ts';

/** What must hold between keys. Each sees only the parts that are right by themselves. */
export type Check = (config: Loose<StackConfig>, now: Date) => Problem[];

export const checks: readonly Check[] = [
  checkRanges,
  checkMachines,
  checkDns,
  checkStorage,
  checkRepo2,
  checkRecover,
  checkRecovery,
  checkRestore,
  checkMail,
  checkExpiry,
  checkSecretPairs,
  checkTranslation,
  checkSearch,
  checkProcessList,
  checkEnvironment,
  checkDatabaseClients,
];
