/** Both simulated marketplaces in a process of their own, so that their memory and time are not the poller's. */
import { startSimulator } from '../src/simulator/simulator.js';

const [ozonProducts = '0', wbSizes = '0'] = process.argv.slice(2);
const simulator = await startSimulator({
  ozonProducts: Number(ozonProducts),
  wbProducts: Number(wbSizes),
  ozonRps: 0,
  wbIntervalMs: 0,
  modes: { wildberries: { warehouses: 'merged' } },
});
process.stdout.write(`${JSON.stringify({ url: simulator.url, credentials: simulator.credentials })}\n`);
// Ends with whoever started it, however that ended.
process.stdin.resume().on('end', () => void simulator.close());
