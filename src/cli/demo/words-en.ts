import { number, percent, pieces } from '../../domain/anomaly/wording.js';
import type { DemoWords } from './words.js';

export const en: DemoWords = {
  title: 'inventory-sync: demo',
  intro: (products) =>
    `Kafka and MySQL are real; a simulator stands in for Ozon and Wildberries, with ${number('en', products)} products on each.`,
  steps: {
    servers: 'Servers',
    preparation: 'Preparation',
    workers: 'Workers',
    day: 'A day in the shop',
    findings: 'What came of it',
    live: 'The shop goes on',
  },
  engineWords: [],
  ownServer: (name, address) => `${name}: ${address}`,
  usersServer: (name, address, setting) => `${name}: ${address} (your server: ${setting})`,
  environment: 'environment',
  databaseMade: (name) => `Database ${name}: tables made`,
  databaseFound: (name) => `Database ${name}: tables in place`,
  topics: (prefix, count) => `Topics ${prefix}.*: ${count}`,
  replaying: (hours) => `Bringing the shop back to where it was: ${number('en', hours)} hours of trade`,
  simulator: (url) => `Marketplace simulator: ${url}`,
  wbInterval: (seconds) => `its WB report may be read every ${seconds} s; that of Wildberries every 20 s`,
  mailbox: (address) => `Mail server: ${address}; mail stays in it`,
  envFile: (path) => `Settings of the demo: ${path}`,
  envFileHead: [
    'Settings of the demo; written anew whenever it starts.',
    'Example: node dist/src/cli/index.js --env-file this-file check',
    'The marketplace keys are invented and open nothing but the simulator.',
  ],
  workerReady: (names) => `Ready: ${names}; each works on its own partitions`,
  workerEnded: (name, how, log) =>
    `${name} has ended (${typeof how === 'number' ? 'code' : 'signal'} ${how}), its log: ${log}. The others take over its work, and without them sync itself`,
  busy: 'An earlier sync was cut short: waiting for its place to become free (up to a minute)',
  hour: ({ day, time }) => `Day ${day}, ${time}`,
  firstRead: 'The first sync: whatever there is, is new.',
  laterRead: 'A sync after a pause: the database remembers the shop.',
  returned: 'The product that vanished last time is on sale again.',
  hoursPass: (hours) => `${hours} hours go by: sales, deliveries, returns.`,
  soldOut: ({ article, name, available }) => `Sold out: ${article} “${name}”, ${pieces('en', available)}`,
  vanished: ({ article, name }) => `Vanished from Ozon's answer: ${article} “${name}”`,
  drop: (source) => `${source}: stock has dropped sharply in all warehouses.`,
  synced: (source, { rows, created, updated, closed }) =>
    `${source}: ${number('en', rows)} read; levels: ${number('en', created)} new, ${number('en', updated)} changed, ${number('en', closed)} closed`,
  nothingChanged: (source, rows) => `${source}: ${number('en', rows)} read, nothing has changed`,
  waitingForMail: 'Waiting for the mail about this drop',
  mailCame: (subject) => `Mail: “${subject}”`,
  queries: 'The two queries of the guide',
  queriesBy: (user, zone) =>
    `Run by ${user} (SELECT, INSERT, UPDATE, DELETE and nothing else). Times: ${zone}.`,
  truth: 'The simulator knows the truth, and MySQL must hold the same',
  agrees: (source, { rows, products, available }) =>
    `${source}: ${number('en', rows)} rows, ${number('en', products)} products, ${pieces('en', available)}: equal to the last unit`,
  differs: (source, stored, truth) =>
    `${source}: MySQL holds ${number('en', stored.rows)} rows, ${number('en', stored.products)} products, ${pieces('en', stored.available)}; the simulator ${number('en', truth.rows)} rows, ${number('en', truth.products)} products, ${pieces('en', truth.available)}`,
  knownToo: (source, count) =>
    `${source}: products_count includes ${number('en', count)} known products without any row of stock at present: they stay, at zero`,
  events: 'Events of the day: before → after',
  event: ({ article, name }, before, after, isClosed) =>
    `${article} “${name}”: ${number('en', before)} → ${pieces('en', after)}${isClosed ? ' (no longer reported)' : ''}`,
  totalMoved: (source, before, after) =>
    `${source}, total stock: ${number('en', before)} → ${pieces('en', after)} (${after < before ? '−' : '+'}${percent('en', Math.abs(after - before) / before)})`,
  changes: (count) => `The ${count} newest changes of available stock`,
  changeColumns: ['time', 'source', 'product', 'scheme', 'warehouse', 'before → after'],
  newRow: 'none',
  closedRow: 'closed',
  schemeTotal: 'all',
  mail: 'The mail that arrived',
  mailFrom: 'From',
  mailTo: 'To',
  mailSubject: 'Subject',
  moreLines: (count) => `… and ${number('en', count)} more lines`,
  places: 'Where everything is',
  place: {
    kafka: 'Kafka',
    topics: 'Topics',
    mysql: 'MySQL',
    password: 'password: DB_PASSWORD in the settings file',
    settings: 'Settings',
    logs: 'Logs',
    simulator: 'Simulator',
    stopped: (names) =>
      `What the demo has started (${names}) is about to stop; the data stay for the next time.`,
    staying: 'The servers ran before the demo and keep running.',
  },
  next: 'Try it yourself, in another window',
  nextCommands: {
    check: 'try all connections',
    sync: 'sync now',
    drop: 'drop the stock on Ozon by a third: half a minute later there is mail',
    collapse: 'Ozon “loses” 90 % of the products: the read is held back, the stock stands',
    restore: 'bring back all that has vanished',
  },
  again: (folder) => `To keep it running: npm run demo. All that the demo remembers is in ${folder}`,
  goesOn: (seconds) => `Every ${seconds} s an hour of trade goes by. Stop it with Ctrl-C`,
  liveLine: ({ day, time }, parts) => `Day ${day}, ${time}  ${parts}`,
  liveChanges: (source, changes) =>
    changes === 0 ? `${source}: no changes` : `${source}: ${number('en', changes)} rows changed`,
  syncFailed: (code, message) => `sync ended with code ${code}: ${message}`,
  stopped: (names) => `Stopped: ${names}`,
  finished: (seconds) => `Everything agrees. It took ${seconds}`,
};
