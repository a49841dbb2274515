import type { Broker } from './broker.js';
import { ConfigResourceTypes } from './kafkajs-patched.js';

export interface BrokerSettings {
  readonly nodeId: number;
  /** Values in force by name; a broker of another version may lack some. */
  readonly values: ReadonlyMap<string, string>;
}

/** What each broker of the cluster says of these settings. @throws KAFKA_REFUSED where we may not ask */
export async function readBrokerSettings(
  broker: Broker,
  configNames: readonly string[],
): Promise<BrokerSettings[]> {
  const { brokers } = await broker.ask('describing the cluster', (admin) => admin.describeCluster());
  const { resources } = await broker.ask("reading the brokers' settings", (admin) =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: brokers.map(({ nodeId }) => ({
        type: ConfigResourceTypes.BROKER,
        name: String(nodeId),
        configNames: [...configNames],
      })),
    }),
  );
  return resources.map(({ resourceName, configEntries }) => ({
    nodeId: Number(resourceName),
    values: new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
  }));
}
