import { tootctl } from '../cli/tootctl.ts';
import { run } from './run.ts';

run(() => tootctl(process.argv.slice(2)));
