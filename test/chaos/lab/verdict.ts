import { check } from '../checker/check.js';
import { checkerSettings } from '../checker/settings.js';
import type { Installation } from './installation.js';
import type { MailSink } from './mail-sink.js';

export interface Verdict {
  readonly differences: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Files in which others have kept what they saw while the faults went on. */
export interface Witnesses {
  /** What the mail server accepted. */
  readonly mails: string;
  /** stock-changes.v1 as a conforming client read it; its reader must have come to the end. */
  readonly observed?: string | undefined;
}

/** Has the independent checker compare raw topic, tables, output topics and mails. */
export async function verdict(
  installation: Installation,
  sink: MailSink,
  { mails, observed }: Witnesses,
): Promise<Verdict> {
  const { host, port, adminUser, adminPassword } = installation.servers.mysql;
  const settings = checkerSettings.parse({
    brokers: installation.servers.brokers,
    prefix: installation.name,
    mysql: { host, port, user: adminUser, password: adminPassword, database: installation.database },
    mails,
    ...(observed === undefined ? {} : { observed }),
    lostAnswers: [...sink.lostAnswers],
    secrets: [...installation.secrets],
    rules: { minProducts: 0 },
  });
  const { counts, differences, figures } = await check(settings);
  const told = differences
    .slice(0, 30)
    .map(({ kind, where, expected, actual }) => `${kind} ${where}: ${shown(expected)}, not ${shown(actual)}`);
  const summary = Object.entries(counts).map(([kind, count]) => `${count} × ${kind}`);
  return { figures, differences: summary.length === 0 ? [] : [summary.join(', '), ...told] };
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300);
}
