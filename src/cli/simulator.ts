import { formatEnvValue } from '../../config/dotenv.js';
import { EXIT } from '../errors.js';
import { simulatorSettings } from '../simulator/settings.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import type { CommandContext } from './context.js';

/** `inventory-sync simulator`: both marketplaces until Ctrl-C. Its keys open nothing else, so they are printed. */
export async function simulator(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const { shutdown } = context;
  const products = Number(options.products);
  const running = await startSimulator({
    port: Number(options.port),
    seed: Number(options.seed),
    ozonProducts: products,
    wbProducts: products,
  });
  try {
    context.printOpenly(settingsFor(running));
    context.say(`simulator ready: ${running.url}`);
    await shutdown.requested();
    return EXIT.ok;
  } finally {
    await running.close();
  }
}

/** Lines for `.env`. */
function settingsFor(simulator: Simulator): string {
  return Object.entries(simulatorSettings(simulator))
    .map(([name, value]) => `${name}=${formatEnvValue(value)}\n`)
    .join('');
}
