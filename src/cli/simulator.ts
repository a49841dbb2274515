import { formatEnvValue } from '../../config/dotenv.js';
import { EXIT } from '../errors.js';
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
    context.print(settingsFor(running));
    context.say(`simulator ready: ${running.url}`);
    await shutdown.requested();
    return EXIT.ok;
  } finally {
    await running.close();
  }
}

/** Lines for `.env`. */
function settingsFor({ url, credentials }: Simulator): string {
  const settings = {
    OZON_API_URL: url,
    OZON_CLIENT_ID: credentials.ozonClientId,
    OZON_API_KEY: credentials.ozonApiKey,
    WB_COMMON_API_URL: url,
    WB_CONTENT_API_URL: url,
    WB_MARKETPLACE_API_URL: url,
    WB_ANALYTICS_API_URL: url,
    WB_API_KEY: credentials.wbToken,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${formatEnvValue(value)}\n`)
    .join('');
}
