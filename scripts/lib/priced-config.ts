import { keys } from '../../components/config.ts';
import { type Costs, costsOf, describeCosts, type Priced } from '../../components/costs/costs.ts';
import { configOf, readStackFile, stackFile } from './stack-file.ts';

/** What of a stack file costs money, with the program's own defaults for what the file leaves out. */
export function pricedOf(projectDir: string, stack: string): Priced {
  const said = configOf(readStackFile(stackFile(projectDir, stack)).document, () => undefined);
  const or = (key: 'primary' | 'storage', value: unknown) => {
    const parsed = keys[key].safeParse(value);
    // A wrong value is doctor's and preview's to name; here it has no price.
    return parsed.success ? parsed.data : value;
  };
  return {
    primary: or('primary', said.primary) as Priced['primary'],
    secondary: said.secondary as Priced['secondary'],
    storage: or('storage', said.storage) as Priced['storage'],
    dns: said.dns as Priced['dns'],
    repo2: said.repo2 as Priced['repo2'],
  };
}

/** One line with a stack's costs, for verbs that end with it. */
export function costLine(
  projectDir: string,
  stack: string,
  costs: Costs = costsOf(pricedOf(projectDir, stack)),
) {
  return `about ${describeCosts(costs)}; by resource: coop costs ${stack}`;
}
