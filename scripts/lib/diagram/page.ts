import { layoutOf } from './layout.ts';
import type { Asked } from './resources.ts';
import { companies, kindOf, packageOf, shortName, svgOf } from './svg.ts';

export interface Drawn {
  svg: string;
  markdown: string;
}

/** The picture of a stack and the same as a table, from what its program asks for. */
export function draw(stack: string, asked: Asked[]): Drawn {
  const leaves = asked.filter(({ component }) => !component);
  const layout = layoutOf(asked);
  const what = `Stack ${stack}: ${leaves.length} resources in ${layout.lanes.length} components`;
  const how =
    'Time runs from left to right: a resource is made when all that arrows come from is there. Each band is a component.';
  const sections = layout.lanes.flatMap(({ name, type }) => [
    `## ${name}`,
    '',
    `\`${type}\``,
    '',
    '| resource | is | needs | edits ignored |',
    '| --- | --- | --- | --- |',
    ...leaves.filter(({ parent }) => parent === name).map((leaf) => row(leaf, leaves)),
    '',
  ]);
  return {
    svg: svgOf(layout, what, how),
    markdown: [
      `# Stack \`${stack}\`, resource by resource`,
      '',
      'Made from the program by `npm run diagram`; a test keeps it current. Nothing here is written by hand.',
      '',
      `![${what}](${stack}.svg)`,
      '',
      how,
      '',
      '*Edits ignored*: inputs that would replace the resource; see',
      '[decision 7](../decisions/0007-ignored-edits-are-reported.md).',
      '',
      ...sections,
    ].join('\n'),
  };
}

function row(leaf: Asked, leaves: Asked[]): string {
  const needs = leaf.needs.filter((name) => leaves.some((other) => other.name === name));
  return `| ${[
    `${shortName(leaf.name, leaf.parent)}${leaf.protect ? ' (protected)' : ''}`,
    `[${kindOf(leaf.type)}](${registryPage(leaf.type)}) (${companies[packageOf(leaf.type)]?.name ?? packageOf(leaf.type)})`,
    needs.join(', ') || 'nothing',
    leaf.ignoreChanges.join(', ') || 'none',
  ].join(' | ')} |`;
}

/** The provider's own description of a resource, e.g. for `hcloud:index/server:Server`. */
function registryPage(type: string): string {
  const [name = '', module = ''] = type.split(':');
  const folder = ['index', ''].includes(module.split('/')[0] ?? '') ? '' : `${module.split('/')[0]}/`;
  return `https://www.pulumi.com/registry/packages/${name}/api-docs/${folder}${kindOf(type).toLowerCase()}/`;
}
