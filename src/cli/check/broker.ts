import type { BrokerSettings } from '../../broker/broker-settings.js';
import { TRANSACTION_TIMEOUT_MS } from '../../broker/transactional-publisher.js';
import type { Locale } from '../words.js';
import { DOCTOR_WORDS } from './doctor-languages.js';
import type { Finding, Problem } from './finding.js';

interface Wanted {
  readonly name: string;
  readonly isFine: (value: number) => boolean;
  /** As an expectation: `≥ 300000`. */
  readonly expected: string;
}

/** Without these a worker cannot even join its group, or publish. */
function wanted(sessionTimeoutMs: number, brokers: number): readonly Wanted[] {
  const atLeast = (name: string, least: number): Wanted => ({
    ...{ name, expected: `≥ ${least}` },
    isFine: (value) => value >= least,
  });
  const atMost = (name: string, most: number): Wanted => ({
    ...{ name, expected: `≤ ${most}` },
    isFine: (value) => value <= most,
  });
  return [
    atLeast('transaction.max.timeout.ms', TRANSACTION_TIMEOUT_MS),
    atLeast('group.max.session.timeout.ms', sessionTimeoutMs),
    atMost('group.min.session.timeout.ms', sessionTimeoutMs),
    atMost('transaction.state.log.min.isr', brokers),
  ];
}

/** Told, and for topics to override. */
const TOLD = 'message.max.bytes';

export const BROKER_SETTINGS: readonly string[] = [...wanted(0, 0).map(({ name }) => name), TOLD, 'log.dirs'];

export function judgeBroker(
  brokers: readonly BrokerSettings[],
  sessionTimeoutMs: number,
  locale: Locale,
): Finding {
  const words = DOCTOR_WORDS[locale].broker;
  const problems: Problem[] = [];
  const seen: Record<string, string> = {};
  for (const { nodeId, values } of brokers) {
    for (const { name, isFine, expected } of wanted(sessionTimeoutMs, brokers.length)) {
      const value = values.get(name);
      if (value === undefined) continue;
      seen[name] = value;
      if (isFine(Number(value))) continue;
      const isOurs = name.startsWith('group.');
      problems.push({
        level: 'error',
        what: words.setting(nodeId, name, value, expected),
        remedy: isOurs ? words.mendSession : words.mend(name),
      });
    }
    const told = values.get(TOLD);
    if (told !== undefined) seen[TOLD] = told;
  }
  const names = Object.entries(seen).map(([name, value]) => `${name}=${value}`);
  if (names.length === 0) return { unused: words.silent };
  return { details: problems.length > 0 ? [] : [names.join(', ')], problems, data: { settings: seen } };
}
