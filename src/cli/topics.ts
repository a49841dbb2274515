import { createTopics } from '../broker/topics.js';
import { AppError, EXIT } from '../errors.js';
import { Installation, openBroker } from '../main.js';
import { settleOwed } from '../settle-owed.js';
import { adoptTopics } from '../store/adopt-topics.js';
import type { CommandContext } from './context.js';
import { WORDS } from './words.js';

/** `inventory-sync topics create` */
export async function topicsCreate(
  _options: Record<string, unknown>,
  context: CommandContext,
): Promise<number> {
  const { config } = await context.settings();
  const broker = await openBroker(config, await context.logger('for-people'));
  try {
    const outcomes = await createTopics(broker, {
      prefix: config.kafka.topicPrefix,
      rawRetentionDays: config.retention.rawDays,
      replicationFactor: config.kafka.replicationFactor,
    });
    for (const { topic, outcome, detail } of outcomes) {
      context.print(`${topic}: ${outcome}${detail === undefined ? '' : ` (${detail})`}\n`);
    }
    return EXIT.ok;
  } finally {
    await broker.close();
  }
}

/** `inventory-sync topics adopt [--execute]` */
export async function topicsAdopt(
  options: Record<string, unknown>,
  context: CommandContext,
): Promise<number> {
  const execute = options.execute === true;
  const forced = options.partitions === undefined ? [] : partitionsOf(String(options.partitions));
  const loaded = await context.settings();
  const installation = new Installation(loaded, await context.logger('for-people'));
  try {
    const database = await installation.database();
    const broker = await installation.broker();
    const { prefix } = installation;
    const settle = execute ? settleOwed(database, broker, prefix) : null;
    const adoptions = await adoptTopics(database, broker, prefix, settle, forced);
    for (const { topic, partition, group, from, to } of adoptions) {
      context.print(`${topic}/${partition}, ${group}: ${from} → ${to}\n`);
    }
    const { nothingToAdopt, nothingAdopted } = WORDS[context.locale];
    if (adoptions.length === 0) context.say(nothingToAdopt);
    else {
      if (!execute) context.say(nothingAdopted);
      context.note('adopted', forced.length === 0 ? '' : `--partitions ${forced.join(',')} `);
    }
    return EXIT.ok;
  } finally {
    await installation.close();
  }
}

function partitionsOf(list: string): readonly number[] {
  const parts = list.split(',').map((part) => part.trim());
  if (parts.every((part) => /^\d{1,5}$/.test(part))) return parts.map(Number);
  throw new AppError('USAGE', `--partitions: ${list} is no list of partition numbers`, {
    remedy: 'give numbers by commas, as they stand in the message that refuses the topic: 3,7',
  });
}
