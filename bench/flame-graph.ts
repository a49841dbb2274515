/**
 * A CPU profile (`--profile` of the projection) as a flame graph: `node dist/bench/flame-graph.js FILE TITLE > SVG`.
 * Each box is a function under its caller, as wide as its share of the time at work; waiting is left out.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

interface Frame {
  readonly name: string;
  time: number;
  readonly callees: Map<string, Frame>;
}

const WIDTH = 1200;
const ROW = 17;
const CHARACTER = 6.3;
/** Narrower boxes say nothing. */
const NARROWEST = 2;
const NO_WORK = new Set(['(idle)', '(program)']);
const COLOURS: readonly (readonly [pattern: RegExp, colour: string])[] = [
  [/\(garbage collector\)/, '#c9c9c9'],
  [/streams\/|state\/|operators\/|topologies\/|domain\//, '#8fc98b'],
  [/store\/|statements\/|mysql2|packets\//, '#f2b36b'],
  [/broker\/|kafkajs|protocol\/|consumer\/|v\d\//, '#7fb5e6'],
  [/consumers\/|events\//, '#e6d36b'],
];

function framesOf({ nodes, samples, timeDeltas }: Profile): Frame {
  const own = new Map<number, number>();
  for (const [at, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + (timeDeltas[at] ?? 0));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const gather = (id: number, into: Frame): number => {
    const node = byId.get(id);
    if (node === undefined) return 0;
    const { functionName, url } = node.callFrame;
    if (NO_WORK.has(functionName)) return 0;
    const isRoot = functionName === '(root)';
    const name = `${functionName || 'anonymous'}${url === '' ? '' : ` ${basename(dirname(url))}/${basename(url)}`}`;
    const frame = isRoot ? into : (into.callees.get(name) ?? { name, time: 0, callees: new Map() });
    if (!isRoot) into.callees.set(name, frame);
    let time = own.get(id) ?? 0;
    for (const child of node.children ?? []) time += gather(child, frame);
    frame.time += time;
    return time;
  };
  const root: Frame = { name: 'at work', time: 0, callees: new Map() };
  const first = nodes[0];
  if (first !== undefined) gather(first.id, root);
  return root;
}

function boxesOf(frame: Frame, left: number, depth: number, perMicrosecond: number): string[] {
  const width = frame.time * perMicrosecond;
  if (width < NARROWEST) return [];
  const colour = COLOURS.find(([pattern]) => pattern.test(frame.name))?.[1] ?? '#dddad2';
  const label = frame.name.slice(0, Math.floor((width - 4) / CHARACTER));
  const title = `${frame.name}: ${(frame.time / 1000).toFixed(0)} ms`;
  const text = label.length < 3 ? '' : `<text x="3" y="12">${escaped(label)}</text>`;
  const boxes = [
    `<g transform="translate(${left.toFixed(1)} ${depth * ROW})"><title>${escaped(title)}</title><rect width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colour}"/>${text}</g>`,
  ];
  let at = left;
  for (const callee of [...frame.callees.values()].sort((a, b) => b.time - a.time)) {
    boxes.push(...boxesOf(callee, at, depth + 1, perMicrosecond));
    at += callee.time * perMicrosecond;
  }
  return boxes;
}

function depthOf(frame: Frame, perMicrosecond: number): number {
  if (frame.time * perMicrosecond < NARROWEST) return 0;
  return 1 + Math.max(0, ...[...frame.callees.values()].map((callee) => depthOf(callee, perMicrosecond)));
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

const [file = '', title = file] = process.argv.slice(2);
const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
const root = framesOf(profile);
const wall = profile.timeDeltas.reduce((sum, delta) => sum + delta, 0);
const scale = WIDTH / root.time;
const height = (depthOf(root, scale) + 2) * ROW;
const seconds = (microseconds: number) => (microseconds / 1e6).toFixed(2);
console.log(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="monospace" font-size="10.5">
<rect width="100%" height="100%" fill="#fff"/><text x="3" y="14" font-size="13">${escaped(title)}: ${seconds(root.time)} s at work in ${seconds(wall)} s</text>
<g transform="translate(0 ${ROW * 1.5})">
${boxesOf(root, 0, 0, scale).join('\n')}
</g></svg>`,
);
