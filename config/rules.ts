import { FORMATS } from './formats.js';
import type { Resolved } from './resolve.js';
import { SETTINGS, type SettingPath } from './schema.js';

/** Settings that mean nothing without another one: [given, needed]. */
const NEEDS: readonly (readonly [SettingPath, SettingPath])[] = [
  ['db.adminPassword', 'db.adminUser'],
  ['kafka.sslCert', 'kafka.sslKey'],
  ['kafka.sslKey', 'kafka.sslCert'],
  ['kafka.saslMechanism', 'kafka.saslUsername'],
  ['kafka.saslMechanism', 'kafka.saslPassword'],
  ['kafka.saslUsername', 'kafka.saslMechanism'],
  ['kafka.saslPassword', 'kafka.saslMechanism'],
  ['smtp.password', 'smtp.user'],
  ['channels.telegramToken', 'channels.telegramChat'],
  ['channels.telegramChat', 'channels.telegramToken'],
  ['channels.maxToken', 'channels.maxChat'],
  ['channels.maxChat', 'channels.maxToken'],
  ['channels.webhookUrl', 'channels.webhookSecret'],
];

/** Certificates are given to be used; without TLS they would be ignored in silence. */
const NEED_TLS: readonly SettingPath[] = ['kafka.sslCa', 'kafka.sslCert'];

function envOf(path: SettingPath): string {
  return SETTINGS.find((setting) => setting.path === path)?.env ?? path;
}

/** What the settings say against each other. One that was refused for its form counts as set: it has been named. */
export function contradictions({ given, refused }: Resolved): readonly string[] {
  const isMissing = (path: SettingPath) => !given.has(path) && !refused.has(path);
  const incomplete = NEEDS.filter(([path, needed]) => given.has(path) && isMissing(needed)).map(
    ([path, needed]) => `${envOf(path)} is set but ${envOf(needed)} is not`,
  );
  const flag = given.get('kafka.ssl')?.text ?? '';
  const tls = FORMATS.flag.read(flag) === true || refused.has('kafka.ssl');
  const ignored = tls ? [] : NEED_TLS.filter((path) => given.has(path));
  return [...incomplete, ...ignored.map((path) => `${envOf(path)} is set but KAFKA_SSL is not true`)];
}
