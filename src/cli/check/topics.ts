import type { TopicStanding } from '../../broker/topics.js';
import { TOPICS } from '../../events/topics.js';
import type { Locale } from '../words.js';
import { DOCTOR_WORDS } from './doctor-languages.js';
import type { Finding, Problem } from './finding.js';

/** A page chunk has up to 900 KB, and a batch some bytes around it. */
const LEAST_MESSAGE = 1_000_000;

/** Every topic beside what `topics create` makes. @param brokers how many there are */
export function judgeTopics(
  standings: readonly TopicStanding[],
  brokers: number | null,
  locale: Locale,
): Finding {
  const words = DOCTOR_WORDS[locale].topics;
  const missing = standings.filter(({ isThere }) => !isThere);
  const there = standings.filter(({ isThere }) => isThere);
  const problems = there.flatMap((standing) => problemsOf(standing, locale));
  if (missing.length > 0)
    problems.push({
      ...{ level: 'error', what: words.missing(missing.map(({ topic }) => topic).join(', ')) },
      remedy: words.create,
    });
  const single = there.filter(({ replicas }) => replicas === 1);
  if (brokers !== null && brokers > 1 && single.length > 0)
    problems.push({ level: 'warning', what: words.singleCopy(brokers), remedy: words.mendSingleCopy });
  const partitions = there.reduce((sum, one) => sum + one.partitions, 0);
  const details = problems.length > 0 ? [] : [words.fine(there.length, partitions)];
  return { details, problems, data: { topics: standings } };
}

function problemsOf(standing: TopicStanding, locale: Locale): Problem[] {
  const words = DOCTOR_WORDS[locale].topics;
  const { topic, name, partitions, expectedPartitions, differences, replicas, inSync, minInSync } = standing;
  const problems: Problem[] = [];
  // The partitions of the others say nothing of what they hold; of these they decide where a key's history lies.
  if (name === TOPICS.stockChanges && partitions !== expectedPartitions)
    problems.push({
      ...{ level: 'error', what: words.partitions(topic, partitions, expectedPartitions) },
      remedy: words.mendPartitions,
    });
  for (const { name: setting, value, was } of differences)
    problems.push({
      // Compacted, pages of one feed would replace each other; deleted, the oldest stock would be forgotten.
      level: setting === 'cleanup.policy' ? 'error' : 'warning',
      what: words.setting(topic, setting, was, value),
      remedy: words.create,
    });
  if (inSync < minInSync)
    problems.push({
      ...{ level: 'error', what: words.notTaken(topic, inSync, minInSync) },
      remedy: replicas < minInSync ? words.mendMinInSync : words.mendReplicas,
    });
  else if (inSync < replicas)
    problems.push({
      ...{ level: 'warning', what: words.behind(topic, inSync, replicas) },
      remedy: words.mendReplicas,
    });
  if (standing.maxBytes < LEAST_MESSAGE)
    problems.push({
      ...{ level: 'error', what: words.tooSmall(topic, standing.maxBytes, LEAST_MESSAGE) },
      remedy: words.mendTooSmall,
    });
  return problems;
}
