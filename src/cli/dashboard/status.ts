import type { FastifyInstance } from 'fastify';
import { type Doors, refused } from '../../dashboard/web/access.js';
import type { Installation } from '../../main.js';
import { PrometheusMetrics } from '../../ops/metrics.js';
import { redact } from '../../ops/secrets.js';
import { type StatusDeps, statusRoutes } from '../../ops/status-server.js';
import { programVersion } from '../../ops/version.js';
import { openStatusDeps } from '../status/deps.js';

/** `/metrics`, `/healthz` and `/readyz` on the dashboard's own port. */
export function openDashboardStatus(installation: Installation) {
  const { secrets } = installation.loaded;
  const prometheus = new PrometheusMetrics({
    version: programVersion(),
    command: 'dashboard',
    clean: (text) => redact(text, secrets),
  });
  const status = openStatusDeps({ installation, prometheus, alive: () => null });
  return {
    addRoutes: (app: FastifyInstance, doors: Doors) => addStatusRoutes(app, doors, status.deps),
    close: status.close,
  };
}

/** Figures are for those who may see the pages. */
export async function addStatusRoutes(app: FastifyInstance, doors: Doors, deps: StatusDeps): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      const refusal = request.routeOptions.url === '/metrics' ? doors.reader(request) : null;
      return refusal === null ? undefined : refused(reply, refusal).send();
    });
    statusRoutes(scope, deps);
  });
}
