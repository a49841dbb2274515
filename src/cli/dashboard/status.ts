import type { FastifyInstance } from 'fastify';
import { isLoopback } from '../../dashboard/web/guard.js';
import type { HasToken } from '../../dashboard/web/server.js';
import type { Installation } from '../../main.js';
import { PrometheusMetrics } from '../../ops/metrics.js';
import { redact } from '../../ops/secrets.js';
import { statusRoutes } from '../../ops/status-server.js';
import { programVersion } from '../../ops/version.js';
import { openStatusDeps } from '../status/deps.js';

/** `/metrics`, `/healthz` and `/readyz` on the dashboard's own port. Figures are for those who may see the pages. */
export function openDashboardStatus(installation: Installation) {
  const { secrets, config } = installation.loaded;
  const prometheus = new PrometheusMetrics({
    version: programVersion(),
    command: 'dashboard',
    clean: (text) => redact(text, secrets),
  });
  const status = openStatusDeps({ installation, prometheus, alive: () => null });
  return {
    async addRoutes(app: FastifyInstance, hasToken: HasToken): Promise<void> {
      await app.register(async (scope) => {
        scope.addHook('onRequest', async (request, reply) => {
          const isOpen = isLoopback(config.dashboard.host) || request.routeOptions.url !== '/metrics';
          if (isOpen || hasToken(request)) return undefined;
          return reply.code(401).header('www-authenticate', 'Bearer').send();
        });
        statusRoutes(scope, status.deps);
      });
    },
    close: status.close,
  };
}
