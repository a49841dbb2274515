import { setImmediate as breathe } from 'node:timers/promises';
import type { World } from '../../simulator/world/world.js';

/** Calls that change the shop. Played again from the same seed they give the same shop. */
const CHANGES = [
  'advance',
  'addProduct',
  'vanish',
  'restore',
  'drop',
  'collapse',
  'soldOut',
  'setStock',
  'removeStock',
  'archive',
  'setLevels',
  'rename',
  'trash',
  'deleteProduct',
  'addWarehouse',
  'changeWarehouse',
  'deleteWarehouse',
  'plantOddities',
] as const satisfies readonly (keyof World)[];

type Change = (typeof CHANGES)[number];

export type ShopCall = readonly [change: Change, ...args: readonly unknown[]];

type Methods = Record<Change, (...args: unknown[]) => unknown>;

/** Hours played at a stretch: a signal must not wait for weeks to go by. */
const STRETCH = 24;

/** From now on every change of the shop is told, whoever asks for it: the demo, or a person by the control API. */
export function recordChanges(world: World, tell: (call: ShopCall) => void): void {
  const methods = world as unknown as Methods;
  for (const name of CHANGES) {
    const change = methods[name].bind(world);
    methods[name] = (...args) => {
      const result = change(...args);
      tell([name, ...args]);
      return result;
    };
  }
}

/** The journal with one more call. Hours that follow each other become one call. */
export function withCall(calls: readonly ShopCall[], call: ShopCall): readonly ShopCall[] {
  const last = calls.at(-1);
  const hours = hoursOf(call);
  const before = last === undefined ? 0 : hoursOf(last);
  const whole = Number.isInteger(before) && Number.isInteger(hours);
  if (before === 0 || hours === 0 || !whole || before + hours > 10_000) return [...calls, call];
  return [...calls.slice(0, -1), ['advance', before + hours]];
}

/** Brings a fresh shop to where the journal ends. Ends early when the signal fires. */
export async function replay(world: World, calls: readonly ShopCall[], signal: AbortSignal): Promise<void> {
  const methods = world as unknown as Methods;
  for (const call of calls) {
    const [name, ...args] = call;
    if (name !== 'advance') methods[name].call(world, ...args);
    else await advance(world, hoursOf(call), signal);
  }
}

async function advance(world: World, hours: number, signal: AbortSignal): Promise<void> {
  for (let left = hours; left > 0 && !signal.aborted; left -= STRETCH) {
    world.advance(Math.min(STRETCH, left));
    await breathe();
  }
}

/** Simulated hours since the shop opened. */
export function hoursIn(calls: readonly ShopCall[]): number {
  return calls.reduce((sum, call) => sum + hoursOf(call), 0);
}

function hoursOf([name, hours]: ShopCall): number {
  return name === 'advance' && typeof hours === 'number' ? hours : 0;
}
