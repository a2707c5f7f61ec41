import { rails } from '../cli/rails.ts';
import { run } from './run.ts';

run(() => rails(process.argv.slice(2)));
