import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../src/errors.js';
import { lastLines, runCommand } from './commands.js';
import { findJava } from './java.js';
import { withLock } from './lock.js';
import { enginesHome, KAFKA_VERSION, kafkaJars, MYSQL_VERSION, mysqlHome, pomFile } from './paths.js';
import { aptInstall, asRoot, isRoot, missingLibraries, supplyLibraries } from './system-packages.js';

type Progress = ((line: string) => void) | undefined;

/**
 * Fetches what the engines need and is not there yet: Java and Maven, the jars of Kafka, mysqld and its shared
 * libraries. Does nothing when all is there. An interrupted run leaves nothing half-made: the next one goes on.
 * @throws AppError ENGINE_FAILED with the one line to type where only root can go on, or when a download fails
 */
export async function provision(options: { onProgress?: (line: string) => void } = {}): Promise<void> {
  const { onProgress } = options;
  refuseOtherPlatforms();
  const home = enginesHome();
  const waiting = (): void => onProgress?.('Another set-up is at work: waiting for it');
  await withLock(`${home} provision`, waiting, async () => {
    await provideJavaAndMaven(onProgress);
    await provideKafka(onProgress);
    await provideMysql(onProgress);
  });
}

function refuseOtherPlatforms(): void {
  if (process.platform === 'linux' && process.arch === 'x64') return;
  throw new AppError(
    'ENGINE_FAILED',
    `the engines run on Linux x64, not on ${process.platform} ${process.arch}`,
    {
      remedy: 'Start the servers with `docker compose up`, or name your own by KAFKA_BROKERS and DB_HOST.',
    },
  );
}

async function provideJavaAndMaven(onProgress: Progress): Promise<void> {
  const wanted: string[] = [];
  if ((await findJava()) === undefined) wanted.push('openjdk-17-jre-headless');
  if (needsMaven() && (await runCommand('mvn', ['--version'])).code === -1) wanted.push('maven');
  if (wanted.length === 0) return;
  if (!isRoot()) {
    throw new AppError('ENGINE_FAILED', `missing on this machine: ${wanted.join(', ')}`, {
      remedy: asRoot(wanted),
    });
  }
  onProgress?.(`Installing ${wanted.join(', ')}`);
  await aptInstall(wanted);
  if ((await findJava()) === undefined) {
    throw new AppError('ENGINE_FAILED', 'Java 17 or newer is still not found after its installation', {
      remedy: 'Set JAVA_HOME to a Java 17.',
    });
  }
}

const needsMaven = (): boolean => !isComplete(kafkaJars(), 'kafka') || !isComplete(mysqlHome(), 'mysql');

async function provideKafka(onProgress: Progress): Promise<void> {
  if (isComplete(kafkaJars(), 'kafka')) return;
  onProgress?.(`Kafka ${KAFKA_VERSION}: fetching its jars (45 MB)`);
  await makeFolder(kafkaJars(), 'kafka', async (draft) => {
    await maven('kafka', ['dependency:copy-dependencies', `-DoutputDirectory=${draft}`]);
  });
}

async function provideMysql(onProgress: Progress): Promise<void> {
  if (!isComplete(mysqlHome(), 'mysql')) {
    onProgress?.(`MySQL ${MYSQL_VERSION}: fetching the server (33 MB)`);
    await makeFolder(mysqlHome(), 'mysql', unpackMysql);
  }
  const program = join(mysqlHome(), 'bin', 'mysqld');
  const missing = await missingLibraries(program);
  if (missing.length > 0) await supplyLibraries(program, missing, onProgress);
}

async function unpackMysql(draft: string): Promise<void> {
  const archive = 'mysql-Linux-amd64.tar.gz';
  const markers = join(draft, 'markers');
  await maven('mysql', [
    'dependency:unpack-dependencies',
    `-DoutputDirectory=${draft}`,
    `-Dmdep.unpack.includes=${archive}`,
    `-DmarkersDirectory=${markers}`,
  ]);
  const { code, output } = await runCommand('tar', ['-xzf', join(draft, archive), '-C', draft]);
  if (code !== 0) {
    throw new AppError('ENGINE_FAILED', `the MySQL archive could not be unpacked:\n${lastLines(output)}`, {
      remedy: 'Is there room on the disk?',
    });
  }
  rmSync(join(draft, archive));
  rmSync(markers, { recursive: true, force: true });
}

/** Fills a draft beside the final place, stamps it, and only then gives it its name. */
async function makeFolder(
  target: string,
  engine: 'kafka' | 'mysql',
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = `${target}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  await fill(draft);
  writeFileSync(join(draft, STAMP), stampOf(engine));
  rmSync(target, { recursive: true, force: true });
  mkdirSync(dirname(target), { recursive: true });
  renameSync(draft, target);
}

const STAMP = '.complete';

/** A folder counts only if it was made from the present pom file: a new version there fetches anew. */
function isComplete(folder: string, engine: 'kafka' | 'mysql'): boolean {
  const stamp = join(folder, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf(engine);
}

function stampOf(engine: 'kafka' | 'mysql'): string {
  return createHash('sha256')
    .update(readFileSync(pomFile(engine)))
    .digest('hex');
}

async function maven(engine: 'kafka' | 'mysql', args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand('mvn', ['-B', '-q', '-f', pomFile(engine), ...args]);
  if (code === 0) return;
  throw new AppError(
    'ENGINE_FAILED',
    `Maven could not fetch what ${engine} needs:\n${lastLines(output, 6)}`,
    {
      remedy:
        'Check the network (a proxy or mirror is set in ~/.m2/settings.xml), then run the command again.',
    },
  );
}
