// Draws what each shipped stack asks its clouds for, into docs/architecture/: npm run diagram
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { draw } from './lib/diagram/page.ts';
import { resourcesOf } from './lib/diagram/resources.ts';
import { checkout } from './lib/paths.ts';

const folder = join(checkout, 'docs', 'architecture');
mkdirSync(folder, { recursive: true });
const stacks = readdirSync(checkout).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
for (const stack of stacks.sort()) {
  const { svg, markdown } = draw(stack, await resourcesOf(checkout, stack));
  writeFileSync(join(folder, `${stack}.svg`), svg);
  writeFileSync(join(folder, `${stack}.md`), markdown);
  console.log(`docs/architecture/${stack}.svg and ${stack}.md`);
}
