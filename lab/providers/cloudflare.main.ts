import { cloudflare } from './cloudflare.ts';
import { serve } from './lib/server.ts';

serve(cloudflare);
