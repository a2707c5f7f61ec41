import { command } from './command/command.ts';
import { serve } from './lib/server.ts';

serve(command);
