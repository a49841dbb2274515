import { SOURCES } from '../../domain/stock-key.js';
import type { CommandContext } from '../context.js';
import { type Part, partText, VERDICT_EXIT, verdictOf } from './part.js';
import { MONITOR_WORDS } from './words.js';

/**
 * Says what the parts of a health check came to, to people or as one JSON document, and answers the exit code.
 *
 * @param now Unix milliseconds
 */
export function sayVerdict(
  parts: readonly Part[],
  { json, now }: { readonly json: boolean; readonly now: number },
  context: CommandContext,
): number {
  const verdict = verdictOf(parts, SOURCES);
  const exitCode = VERDICT_EXIT[verdict];
  if (json)
    context.printJson({
      status: verdict,
      exitCode,
      at: new Date(now).toISOString(),
      parts: parts.map(({ name, status, problems, data }) => ({ name, status, problems, ...data })),
    });
  else {
    for (const part of parts) context.print(partText(part, context.locale));
    context.print(`${MONITOR_WORDS[context.locale].verdict[verdict]}\n`);
  }
  for (const { name, problems } of parts)
    for (const { what } of problems) context.record({ part: name }, what);
  return exitCode;
}
