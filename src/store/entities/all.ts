import type { EntitySchema } from 'typeorm';
import { AlertEntity } from './alert.js';
import { DeliveryEntity } from './delivery.js';
import { SyncLogEntity } from './sync-log.js';

/** What a {@link Database} must be opened with for the stores that read and write through repositories. */
export const ENTITIES: readonly EntitySchema[] = [AlertEntity, DeliveryEntity, SyncLogEntity];
