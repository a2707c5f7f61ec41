import type { Command } from 'commander';
import { adminVerb } from './admin.ts';
import { costsVerb } from './costs.ts';
import { destroyVerb } from './destroy.ts';
import { doctorVerb } from './doctor.ts';
import { driftVerb } from './drift.ts';
import { failoverVerb } from './failover.ts';
import { imagesVerb } from './images.ts';
import { initVerb } from './init.ts';
import { labVerb } from './lab.ts';
import { logsVerb } from './logs.ts';
import { maintenanceVerb } from './maintenance.ts';
import { recoverVerb } from './recover.ts';
import { rehearseVerb } from './rehearse.ts';
import { renderVerb } from './render.ts';
import { rotateVerb } from './rotate.ts';
import { sshVerb } from './ssh.ts';
import { statusVerb } from './status.ts';
import { tootctlVerb } from './tootctl.ts';

/** Every verb, in the order the help shows them. */
export const verbs: (() => Command)[] = [
  initVerb,
  doctorVerb,
  costsVerb,
  imagesVerb,
  renderVerb,
  statusVerb,
  logsVerb,
  sshVerb,
  tootctlVerb,
  maintenanceVerb,
  driftVerb,
  adminVerb,
  rotateVerb,
  rehearseVerb,
  failoverVerb,
  recoverVerb,
  destroyVerb,
  labVerb,
];
