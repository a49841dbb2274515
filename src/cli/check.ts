import { type ErrorCode, EXIT, isAppError } from '../errors.js';
import { Installation } from '../main.js';
import { ClockGate } from './check/clock.js';
import { connections } from './check/connections.js';
import { Doctor } from './check/doctor.js';
import { DOCTOR_WORDS } from './check/doctor-languages.js';
import { attempt, type Checked, documentOf, linesOf, statusOf } from './check/finding.js';
import type { CommandContext } from './context.js';
import { labelsRows } from './manner.js';

/**
 * `inventory-sync check`: tries everything there is to reach, looks at what may be wrong all the same, and tells all of
 * it, whatever fails. Warnings fail nothing.
 */
export async function check(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const json = options.json === true;
  const loaded = await context.settings('keep');
  const installation = new Installation(loaded, await context.logger('for-people'));
  const most = loaded.config.api.maxConcurrentRequests;
  const gates = { ozon: new ClockGate(most, 'Ozon'), wildberries: new ClockGate(most, 'Wildberries') };
  const reached = connections(loaded, installation, gates).map(attempt);
  const doctor = new Doctor(loaded, installation, gates, Promise.all(reached));
  try {
    const all: Checked[] = [];
    for (const one of [...reached, ...doctor.checks().map(attempt)]) {
      const checked = await one;
      all.push(checked);
      if (checked.error !== undefined)
        context.record({ error: checked.error, subject: checked.name }, 'the check failed');
      if (!json) context.print(linesOf(checked, context.locale, labelsRows()));
    }
    return conclude(all, json, context);
  } finally {
    await doctor.close();
    await installation.close();
  }
}

function conclude(all: readonly Checked[], json: boolean, context: CommandContext): number {
  const { locale } = context;
  const count = (status: string) => all.filter((one) => statusOf(one) === status).length;
  const [failed, warnings] = [count('failed'), count('warning')];
  const exitCode = failed > 0 ? EXIT.failed : EXIT.ok;
  const status = failed > 0 ? 'failed' : warnings > 0 ? 'warning' : 'ok';
  if (json)
    context.printJson({ status, exitCode, checks: all.map((checked) => documentOf(checked, locale)) });
  else context.print(`${DOCTOR_WORDS[locale].verdict(failed, warnings)}\n`);
  noteNext(all, context);
  return exitCode;
}

/** Errors that a command of ours mends. */
const MENDED_BY: Readonly<Partial<Record<ErrorCode, string>>> = {
  DB_UNFIT: 'migrate',
  TOPIC_UNFIT: 'topics create',
};

function noteNext(all: readonly Checked[], context: CommandContext): void {
  for (const { error, finding } of all) {
    const command = isAppError(error) ? MENDED_BY[error.code] : undefined;
    if (command !== undefined) context.note('mend', command);
    if (finding !== undefined && 'data' in finding && finding.data?.isRead === true) context.note('synced');
  }
}
