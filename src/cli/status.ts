import type { OpenInstruments } from '../instruments.js';
import type { CommandContext } from './context.js';
import { openStatusDeps, type StatusParts } from './status/deps.js';
import { STATUS_WORDS } from './status/words.js';

export interface StatusOptions extends Omit<StatusParts, 'prometheus'> {
  readonly context: CommandContext;
  readonly instruments: Pick<OpenInstruments, 'prometheus'>;
}

export interface Status {
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/healthz` and `/readyz` where METRICS_PORT is set, and says where.
 *
 * @throws ENGINE_FAILED where the port cannot be had
 */
export async function openStatus({ context, instruments, ...parts }: StatusOptions): Promise<Status> {
  const { prometheus } = instruments;
  const { port, host } = parts.installation.config.metrics;
  if (port === null || prometheus === null) return { close: async () => undefined };
  const { openStatusServer } = await import('../ops/status-server.js');
  const status = openStatusDeps({ ...parts, prometheus });
  const server = await openStatusServer({ host, port, deps: status.deps });
  context.say(STATUS_WORDS[context.locale].serving(server.url));
  return {
    close: async () => {
      await server.close();
      await status.close();
    },
  };
}
