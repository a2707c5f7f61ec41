import { digitalocean } from './digitalocean.ts';
import { serve } from './lib/server.ts';

serve(digitalocean);
