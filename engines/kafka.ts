import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../src/errors.js';
import { lastLines, runCommand } from './commands.js';
import { requireJava } from './java.js';
import { withLock } from './lock.js';
import { dataFolder, KAFKA_VERSION, kafkaJars } from './paths.js';
import { freePorts, portAnswers, portComesFree } from './ports.js';
import { type EngineProcess, findLive, killProcess, startDetached, stopProcess } from './processes.js';
import { readState, writeState } from './state.js';
import type { EngineStatus } from './status.js';

export interface KafkaOptions {
  /** Lines of server.properties that replace or extend ours. Remembered for later starts of this folder. */
  readonly overrides?: Record<string, string>;
  /** Java heap, `512m` by default; also `INVENTORY_SYNC_KAFKA_HEAP`. */
  readonly heap?: string;
  readonly onProgress?: (line: string) => void;
  /** Ports and cluster of a broker that is one of several: chosen by whoever starts them all, and never changed. */
  readonly identity?: KafkaIdentity;
}

export interface KafkaIdentity {
  readonly port: number;
  readonly controllerPort: number;
  readonly clusterId: string;
}

interface KafkaState {
  port: number;
  controllerPort: number;
  clusterId: string;
  overrides: Record<string, string>;
}

/**
 * Starts the broker of this folder, or finds it running; the data and, where still free, the ports of last time
 * are kept. Options of a broker that already runs are not changed.
 * @returns the bootstrap address, `127.0.0.1:port`
 */
export async function startKafka(dir?: string, options: KafkaOptions = {}): Promise<{ brokers: string }> {
  const files = filesOf(dir);
  return withLock(files.folder, undefined, async () => {
    const running = findLive(files.process);
    const known = readState<KafkaState>(files.state);
    if (running !== undefined && known !== undefined) return { brokers: `127.0.0.1:${known.port}` };
    mkdirSync(files.folder, { recursive: true });
    const state =
      options.identity === undefined
        ? await settledState(known, options.overrides)
        : { ...options.identity, overrides: options.overrides ?? known?.overrides ?? {} };
    writeState(files.state, state);
    writeFileSync(files.properties, serverProperties(files.data, state));
    writeFileSync(files.logging, LOGGING);
    const java = await requireJava();
    await format(java, files, state, options.onProgress);
    options.onProgress?.(`Kafka ${KAFKA_VERSION}: starting on 127.0.0.1:${state.port}`);
    const args = [...javaOptions(files, options.heap), 'kafka.Kafka', files.properties];
    await startDetached(files.process, { program: java, args }, () => serves(files, state));
    return { brokers: `127.0.0.1:${state.port}` };
  });
}

/** Ends the broker in order. Resolves false if it did not run. */
export async function stopKafka(dir?: string): Promise<boolean> {
  const files = filesOf(dir);
  return withLock(files.folder, undefined, () => stopProcess(files.process));
}

/** Ends the broker by SIGKILL, for fault tests. Resolves false if it did not run. */
export async function killKafka(dir?: string): Promise<boolean> {
  const files = filesOf(dir);
  return withLock(files.folder, undefined, () => killProcess(files.process));
}

export function kafkaStatus(dir?: string): EngineStatus {
  const files = filesOf(dir);
  const state = readState<KafkaState>(files.state);
  const pid = findLive(files.process);
  return {
    name: 'Kafka',
    state: pid !== undefined ? 'up' : state === undefined ? 'never started' : 'down',
    dir: files.folder,
    version: KAFKA_VERSION,
    ...(pid === undefined ? {} : { pid }),
    ...(state === undefined ? {} : { address: `127.0.0.1:${state.port}` }),
  };
}

interface KafkaFiles {
  folder: string;
  data: string;
  state: string;
  properties: string;
  logging: string;
  process: EngineProcess;
}

function filesOf(dir: string | undefined): KafkaFiles {
  const folder = join(dataFolder(dir), 'kafka');
  const properties = join(folder, 'server.properties');
  return {
    folder,
    data: join(folder, 'data'),
    state: join(folder, 'state.json'),
    properties,
    logging: join(folder, 'log4j2.properties'),
    process: {
      name: 'Kafka',
      pidFile: join(folder, 'kafka.pid'),
      logFile: join(folder, 'server.log'),
      marker: properties,
    },
  };
}

async function settledState(
  known: KafkaState | undefined,
  overrides: Record<string, string> | undefined,
): Promise<KafkaState> {
  const clusterId = known?.clusterId ?? newClusterId();
  const kept = overrides ?? known?.overrides ?? {};
  if (
    known !== undefined &&
    (await portComesFree(known.port)) &&
    (await portComesFree(known.controllerPort))
  ) {
    return { ...known, overrides: kept };
  }
  const [port = 0, controllerPort = 0] = await freePorts(2);
  return { port, controllerPort, clusterId, overrides: kept };
}

/** 16 random bytes in URL-safe base64, as Kafka writes its UUIDs; never with a leading dash, which would read as an option. */
export function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

/** Prepares an empty data folder. Without meta.properties a former attempt was cut short: formatting again is safe. */
async function format(
  java: string,
  files: KafkaFiles,
  state: KafkaState,
  onProgress: KafkaOptions['onProgress'],
): Promise<void> {
  if (existsSync(join(files.data, 'meta.properties'))) return;
  onProgress?.('Kafka: preparing an empty data folder');
  const tool = ['kafka.tools.StorageTool', 'format', '--ignore-formatted'];
  const { code, output } = await runCommand(java, [
    '-XX:TieredStopAtLevel=1',
    ...javaOptions(files, '128m'),
    ...tool,
    ...['--cluster-id', state.clusterId, '--config', files.properties],
  ]);
  if (code !== 0) {
    throw new AppError('ENGINE_FAILED', `Kafka's data folder could not be prepared:\n${lastLines(output)}`, {
      remedy: 'Start afresh with `npm run engines -- down --wipe`.',
    });
  }
}

function javaOptions(files: KafkaFiles, heap: string | undefined): string[] {
  return [
    `-Xmx${heap ?? process.env.INVENTORY_SYNC_KAFKA_HEAP ?? '512m'}`,
    '-Xms128m',
    '-XX:+UseG1GC',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${files.logging}`,
    ...['-cp', join(kafkaJars(), '*')],
  ];
}

/** The broker says so in its log once it takes part in the cluster; its port opens a little earlier. */
async function serves(files: KafkaFiles, state: KafkaState): Promise<boolean> {
  const log = readFileSync(files.process.logFile, 'utf8');
  return log.includes('Kafka Server started') && (await portAnswers(state.port));
}

function serverProperties(data: string, state: KafkaState): string {
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    // Given here and not stored in the data, so that the ports may change from one start to the next.
    'controller.quorum.voters': `1@127.0.0.1:${state.controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${state.port},CONTROLLER://127.0.0.1:${state.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${state.port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': data,
    'auto.create.topics.enable': 'false',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // 50 each by default: on one machine they only make the first start and every recovery slower.
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.num.partitions': '4',
    // After a kill the controller holds the broker's place until its session ends: 9 s by default.
    'broker.session.timeout.ms': '5000',
    'broker.heartbeat.interval.ms': '1000',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'transaction.max.timeout.ms': '900000',
    'message.max.bytes': '2097152',
    // 128 MB by default, a quarter of the heap; this still holds a million keys per pass.
    'log.cleaner.dedupe.buffer.size': '33554432',
    ...state.overrides,
  };
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

const LOGGING = `status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %-5p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.started.name = kafka.server.KafkaRaftServer
logger.started.level = info
`;
