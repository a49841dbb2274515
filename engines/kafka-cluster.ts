import { join } from 'node:path';
import { type KafkaIdentity, killKafka, newClusterId, startKafka, stopKafka } from './kafka.js';
import { dataFolder } from './paths.js';
import { freePorts } from './ports.js';

const NODES = [1, 2, 3] as const;
export type KafkaNode = (typeof NODES)[number];

/** Half of what one broker alone gets: three share a machine. */
const HEAP = '320m';

/**
 * Three brokers that are one cluster, each of them a controller too, each in a folder of its own. Topics of the brokers'
 * own have three copies; a topic of ours has as many as it is made with.
 */
export class KafkaCluster {
  private constructor(
    private readonly dir: string,
    private readonly identities: ReadonlyMap<KafkaNode, KafkaIdentity>,
  ) {}

  static async start(dir: string): Promise<KafkaCluster> {
    const ports = await freePorts(2 * NODES.length);
    const clusterId = newClusterId();
    const identities = new Map(
      NODES.map((node, index) => {
        const [port = 0, controllerPort = 0] = ports.slice(2 * index);
        return [node, { port, controllerPort, clusterId }] as const;
      }),
    );
    const cluster = new KafkaCluster(dataFolder(dir), identities);
    await cluster.startAll();
    return cluster;
  }

  /** Starts those that do not run. None of them serves before most of them are there. */
  async startAll(): Promise<void> {
    await Promise.all(NODES.map((node) => this.startNode(node)));
  }

  get brokers(): string {
    return [...this.identities.values()].map(({ port }) => `127.0.0.1:${port}`).join(',');
  }

  async startNode(node: KafkaNode): Promise<void> {
    const identity = this.identities.get(node);
    if (identity === undefined) return;
    await startKafka(this.folder(node), { identity, heap: HEAP, overrides: this.settings(node, identity) });
  }

  async killNode(node: KafkaNode): Promise<void> {
    await killKafka(this.folder(node));
  }

  async stop(): Promise<void> {
    await Promise.all(NODES.map((node) => stopKafka(this.folder(node))));
  }

  private folder(node: KafkaNode): string {
    return join(this.dir, `broker-${node}`);
  }

  private settings(node: KafkaNode, { port, controllerPort }: KafkaIdentity): Record<string, string> {
    const voters = [...this.identities].map(([id, one]) => `${id}@127.0.0.1:${one.controllerPort}`);
    return {
      'node.id': String(node),
      'controller.quorum.voters': voters.join(','),
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
      'offsets.topic.replication.factor': '3',
      'transaction.state.log.replication.factor': '3',
      'transaction.state.log.min.isr': '2',
      'default.replication.factor': '3',
      'min.insync.replicas': '2',
      'replica.lag.time.max.ms': '3000',
    };
  }
}
