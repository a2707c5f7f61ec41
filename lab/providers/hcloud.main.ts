import { hcloud } from './hcloud.ts';
import { serve } from './lib/server.ts';

serve(hcloud);
