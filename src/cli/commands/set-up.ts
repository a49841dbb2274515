import { Argument, type Command, Option } from 'commander';
import type { RunCommand } from './run-command.js';

/** What is run when it is set up, and when it does not work. */
export function addSetUp(program: Command, run: RunCommand): void {
  addInit(program, run);
  addCheck(program, run);
  addTestEmail(program, run);
  addTestChannel(program, run);
  addConfig(program, run);
  addMigrate(program, run);
  addCompletion(program, run);
}

function addInit(program: Command, run: RunCommand): void {
  const init = program
    .command('init')
    .description(
      'ask for keys and servers, try each, and write .env; every question is also an option, a name in the environment, or for secrets a file (- for stdin)',
    )
    .option('--out <path>', 'the file to write; default: --env-file, else .env in the working folder')
    .option('--force', 'replace the file if it is there; a copy of it is kept as .env.bak')
    .option('--yes', 'ask nothing; without a terminal nothing is asked anyway')
    .option('--skip-tests', 'write without trying anything')
    .addOption(
      new Option('--on-failure <what>', 'what becomes of answers that fail their test').choices([
        'stop',
        'keep',
        'leave-out',
      ]),
    )
    .addOption(new Option('--locale <language>', 'LOCALE').choices(['ru', 'en']))
    .option('--ozon-client-id <id>', 'OZON_CLIENT_ID')
    .option('--ozon-api-key-file <path>', 'OZON_API_KEY is in this file')
    .option('--no-ozon', 'nothing is read from Ozon')
    .option('--wb-api-key-file <path>', 'WB_API_KEY is in this file')
    .option('--no-wb', 'nothing is read from Wildberries')
    .option('--db-host <host>', 'DB_HOST')
    .option('--db-port <port>', 'DB_PORT')
    .option('--db-name <name>', 'DB_NAME')
    .option('--db-user <user>', 'DB_USER')
    .option('--db-password-file <path>', 'DB_PASSWORD is in this file')
    .option('--kafka-brokers <list>', 'KAFKA_BROKERS')
    .option('--smtp-host <host>', 'SMTP_HOST')
    .option('--smtp-port <port>', 'SMTP_PORT')
    .option('--smtp-user <user>', 'SMTP_USER')
    .option('--smtp-password-file <path>', 'SMTP_PASSWORD is in this file')
    .option('--alert-email <addresses>', 'ALERT_EMAIL')
    .option('--no-mail', 'no mail is sent')
    .option('--dashboard-token-file <path>', 'DASHBOARD_TOKEN is in this file; else one is made')
    .option('--no-dashboard-token', 'make none');
  init.action(() => run('init', async () => (await import('../init.js')).init, init.optsWithGlobals()));
}

function addCheck(program: Command, run: RunCommand): void {
  const check = program
    .command('check')
    .description(
      'try the marketplaces, the database, Kafka and the mail server with the present settings, and look at clock, versions, rights, topics, disk and whatever else has stopped others',
    )
    .option('--json', 'one JSON document on stdout');
  check.action(() => run('check', async () => (await import('../check.js')).check, check.optsWithGlobals()));
}

function addTestEmail(program: Command, run: RunCommand): void {
  const test = program
    .command('test-email')
    .description('send one real mail to ALERT_EMAIL and print what the server says');
  test.action(() =>
    run('test-email', async () => (await import('../test-email.js')).testEmail, test.optsWithGlobals()),
  );
}

function addTestChannel(program: Command, run: RunCommand): void {
  const test = program
    .command('test-channel')
    .description('send one real message over another channel and print what the receiver says')
    .addArgument(new Argument('<channel>', 'which').choices(['telegram', 'max', 'webhook']));
  test.action((channel: string) =>
    run('test-channel', async () => (await import('../test-channel.js')).testChannel, {
      ...test.optsWithGlobals(),
      channel,
    }),
  );
}

function addConfig(program: Command, run: RunCommand): void {
  const print = program
    .command('config')
    .description('the settings')
    .command('print')
    .description('every setting as it is in force and where it comes from; secrets are masked')
    .option('--json', 'one JSON document on stdout');
  print.action(() =>
    run('config-print', async () => (await import('../config.js')).configPrint, print.optsWithGlobals()),
  );
}

function addMigrate(program: Command, run: RunCommand): void {
  const migrate = program
    .command('migrate')
    .description('bring the database up to this version (DB_ADMIN_USER, else DB_USER)')
    .option('--adopt', 'rename tables that are not ours and have our names aside')
    .option('--print-sql', 'print the SQL for a DBA, change nothing');
  migrate.action(() =>
    run('migrate', async () => (await import('../migrate.js')).migrateCommand, migrate.optsWithGlobals()),
  );
}

function addCompletion(program: Command, run: RunCommand): void {
  const command = program
    .command('completion')
    .description('print a script by which a shell completes commands and options; it tells where to put it')
    .addArgument(new Argument('<shell>', 'which').choices(['bash', 'zsh', 'fish']));
  command.action((shell: string) =>
    run('completion', async () => (await import('../completion.js')).completion(program), {
      ...command.optsWithGlobals(),
      shell,
    }),
  );
}
