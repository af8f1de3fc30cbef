// The entities that searches find and whose properties complete requests: takes JSON files, and answers by type and id.

import { isMembers, type Members } from '../json/members.ts';
import { parseFile } from '../json/settings.ts';
import { formatErrorMessage } from '../support/message-of.ts';

export interface InventoryEntity {
  readonly type: string;
  readonly id: string;
  readonly properties?: Members;
}

export interface Inventory {
  /** The entities of a type, in the order of their ids. */
  readonly ofType: (type: string) => readonly InventoryEntity[];
  readonly find: (type: string, id: string) => InventoryEntity | undefined;
  readonly size: number;
}

/** Why a file of entities cannot be used. */
export class InventoryError extends Error {
  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.name = 'InventoryError';
  }
}

/**
 * Reads a JSON array of entities, or one entity on each line. `path` is named in errors. Throws an `InventoryError`.
 */
export function readEntities(path: string, text: string): readonly InventoryEntity[] {
  const isArray = text.trimStart().startsWith('[');
  const lines = isArray ? [text] : text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new InventoryError(path, 'this is empty: expected [] or entities');
  const values = lines.flatMap((line, index) =>
    parseValues(line, isArray ? path : `${path}:${index + 1}`),
  );
  return values.map((value, index) => readEntity(value, `${path}: entity ${index + 1}`));
}

function parseValues(text: string, place: string): readonly unknown[] {
  try {
    const value = parseFile(text);
    return Array.isArray(value) ? value : [value];
  } catch (error) {
    throw new InventoryError(place, formatErrorMessage(error));
  }
}

function readEntity(value: unknown, place: string): InventoryEntity {
  if (!isMembers(value)) throw new InventoryError(place, 'expected an object');
  const { type, id, properties } = value;
  if (typeof type !== 'string' || type === '') throw new InventoryError(place, 'has no `type`');
  if (typeof id !== 'string' || id === '') throw new InventoryError(place, 'has no `id`');
  if (properties === undefined) return { type, id };
  if (!isMembers(properties)) throw new InventoryError(place, '`properties` is not an object');
  return { type, id, properties };
}

/** Throws an `InventoryError` if two entities have the same type and id. */
export function createInventory(entities: readonly InventoryEntity[]): Inventory {
  const byType = new Map<string, Map<string, InventoryEntity>>();
  for (const entity of entities) {
    const known = byType.get(entity.type) ?? new Map<string, InventoryEntity>();
    if (known.has(entity.id)) {
      throw new InventoryError(`${entity.type} ${JSON.stringify(entity.id)}`, 'occurs twice');
    }
    byType.set(entity.type, known.set(entity.id, entity));
  }
  const sorted = new Map(
    [...byType].map(([type, ids]) => [type, [...ids.values()].sort(compareById)]),
  );
  return {
    ofType: (type) => sorted.get(type) ?? [],
    find: (type, id) => byType.get(type)?.get(id),
    size: entities.length,
  };
}

/** The order of code units, so that the order is the same on every machine. */
function compareById(one: InventoryEntity, other: InventoryEntity): number {
  if (one.id === other.id) return 0;
  return one.id < other.id ? -1 : 1;
}

/**
 * Completes the subject and the resource of a request by the properties that it does not state. What the caller states
 * stays.
 */
export function completeEntities(inventory: Inventory, request: Members): Members {
  const completed = (['subject', 'resource'] as const).map((name) => {
    const entity = request[name];
    return [name, isMembers(entity) ? withProperties(inventory, entity) : entity] as const;
  });
  return {
    ...request,
    ...Object.fromEntries(completed.filter(([, entity]) => entity !== undefined)),
  };
}

function withProperties(inventory: Inventory, entity: Members): Members {
  const { type, id, properties = {} } = entity;
  if (typeof type !== 'string' || typeof id !== 'string') return entity;
  const known = inventory.find(type, id)?.properties;
  if (known === undefined || !isMembers(properties)) return entity;
  return { ...entity, properties: { ...known, ...properties } };
}
