import { describe } from 'vitest';
import { ensureDocker, ensureMachineImage } from '../../lab/machines/index.ts';
import { describeCheckers } from '../host/checkers.ts';

describe('the tools’ own checkers', () =>
  describeCheckers(async () => {
    await ensureDocker();
    return ensureMachineImage();
  }));
