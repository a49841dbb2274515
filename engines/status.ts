/** What `engines status` shows of one engine. */
export interface EngineStatus {
  readonly name: 'Kafka' | 'MySQL';
  readonly state: 'up' | 'down' | 'never started';
  readonly pid?: number;
  /** host:port, also while down: the next start takes it again unless another program has it by then. */
  readonly address?: string;
  readonly dir: string;
  readonly version: string;
}
