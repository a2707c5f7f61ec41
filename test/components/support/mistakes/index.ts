import { alerts } from './alerts.ts';
import { app } from './app.ts';
import { containers } from './containers.ts';
import { databaseClients } from './database-clients.ts';
import { machines } from './machines.ts';
import type { Mistake } from './mistake.ts';
import { names } from './names.ts';
import { peopleAndExpiry } from './people-and-expiry.ts';
import { ranges } from './ranges.ts';
import { recovery } from './recovery.ts';
import { search } from './search.ts';
import { secrets } from './secrets.ts';
import { storage } from './storage.ts';
import { values } from './values.ts';

/** Every mistake that a stack file can hold, by subject. */
export const mistakes: Mistake[] = [
  ...values,
  ...machines,
  ...names,
  ...ranges,
  ...recovery,
  ...containers,
  ...app,
  ...alerts,
  ...databaseClients,
  ...search,
  ...secrets,
  ...storage,
  ...peopleAndExpiry,
];
