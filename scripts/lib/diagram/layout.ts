import type { Asked } from './resources.ts';

/** Resources of one kind that stand at the same place: same component, same type, same needs. */
export interface Box {
  type: string;
  lane: string;
  /** Right of everything it needs; as near to what needs it as it can be, so that arrows are short. */
  column: number;
  members: Asked[];
}

export interface Lane {
  name: string;
  type: string;
}

export interface Layout {
  lanes: Lane[];
  boxes: Box[];
  /** From what is made first to what needs it; what follows from two others is left out. */
  edges: [from: Box, to: Box][];
}

const byText = (a: string, b: string): number => a.localeCompare(b, 'en');

export function layoutOf(asked: Asked[]): Layout {
  const leaves = asked.filter(({ component }) => !component);
  const byName = new Map(leaves.map((leaf) => [leaf.name, leaf]));
  const needsOf = (leaf: Asked) => leaf.needs.flatMap((name) => byName.get(name) ?? []);
  const usersOf = memo((leaf: Asked) => leaves.filter(({ needs }) => needs.includes(leaf.name)));
  const earliest = memo(
    (leaf: Asked): number => Math.max(-1, ...needsOf(leaf).map((need) => earliest(need))) + 1,
  );
  const columnOf = memo((leaf: Asked): number =>
    usersOf(leaf).length === 0
      ? earliest(leaf)
      : Math.min(...usersOf(leaf).map((user) => columnOf(user))) - 1,
  );
  const boxes = new Map<string, Box>();
  const boxOf = new Map<Asked, Box>();
  for (const leaf of leaves) {
    const key = [leaf.parent, leaf.type, columnOf(leaf), ...leaf.needs].join(' ');
    const box = boxes.get(key) ?? { type: leaf.type, lane: leaf.parent, column: columnOf(leaf), members: [] };
    box.members.push(leaf);
    boxes.set(key, box);
    boxOf.set(leaf, box);
  }
  const all = [...boxes.values()];
  const sources = memo(
    (box: Box) => new Set(box.members.flatMap(needsOf).flatMap((need) => boxOf.get(need) ?? [])),
  );
  const reaches = memo(
    (box: Box): Set<Box> => new Set([...sources(box)].flatMap((source) => [source, ...reaches(source)])),
  );
  const edges = all.flatMap((box) =>
    [...sources(box)]
      .filter((source) => ![...sources(box)].some((other) => other !== source && reaches(other).has(source)))
      .map((source): [Box, Box] => [source, box]),
  );
  return { lanes: lanesOf(asked, all), boxes: all, edges };
}

/** Components that hold something, those that begin first on top. */
function lanesOf(asked: Asked[], boxes: Box[]): Lane[] {
  const begins = (name: string) =>
    Math.min(...boxes.filter((box) => box.lane === name).map((box) => box.column));
  const ends = (name: string) =>
    Math.max(...boxes.filter((box) => box.lane === name).map((box) => box.column));
  return asked
    .filter(({ name }) => boxes.some((box) => box.lane === name))
    .sort((a, b) => begins(a.name) - begins(b.name) || ends(b.name) - ends(a.name) || byText(a.name, b.name))
    .map(({ name, type }) => ({ name, type }));
}

function memo<K, V>(work: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, work(key));
    return known.get(key) as V;
  };
}
