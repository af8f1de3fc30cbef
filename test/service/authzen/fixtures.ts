// The data of the AuthZEN fixtures, as the facts of the interoperability events and of the certification scenario give
// them, and what each request must be answered. The expectations are computed from tables here, not by a policy.

import { readFileSync } from 'node:fs';
import type { InventoryEntity } from '../../../service/pdp/inventory.ts';

export interface EvaluationCase {
  readonly title: string;
  readonly request: object;
  readonly decision: boolean;
}

const user = (id: string, properties: object = {}) =>
  ({ type: 'user', id, properties }) as InventoryEntity;

// --- certification ---

export const certificationEntities: readonly InventoryEntity[] = JSON.parse(
  readFileSync(new URL('certification.json', import.meta.url), 'utf8'),
);

const record = (id: string, properties?: object) => ({
  type: 'record',
  id,
  ...(properties === undefined ? {} : { properties }),
});

function createCertificationCase(
  number: number,
  [subject, action, resource]: readonly [object, object, object],
  decision: boolean,
): EvaluationCase {
  return { title: `certification ${number}`, request: { subject, action, resource }, decision };
}

const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const archived = record('record-9', { status: 'archived' });
export const certificationCases: readonly EvaluationCase[] = [
  createCertificationCase(1, [alice, { name: 'read' }, record('record-1')], true),
  createCertificationCase(2, [alice, { name: 'write' }, record('record-1')], true),
  createCertificationCase(3, [bob, { name: 'read' }, record('record-1')], true),
  createCertificationCase(4, [bob, { name: 'write' }, record('record-1')], false),
  createCertificationCase(5, [alice, { name: 'write' }, archived], false),
  createCertificationCase(
    5,
    [alice, { name: 'write' }, record('record-1', { status: 'archived' })],
    false,
  ),
  createCertificationCase(
    6,
    [{ ...bob, properties: { role: 'admin' } }, { name: 'write' }, archived],
    true,
  ),
  createCertificationCase(
    6,
    [{ ...alice, properties: { role: 'admin' } }, { name: 'write' }, archived],
    true,
  ),
  createCertificationCase(
    7,
    [alice, { name: 'delete', properties: { soft: true } }, record('record-1')],
    true,
  ),
  createCertificationCase(
    8,
    [alice, { name: 'delete', properties: { soft: false } }, record('record-1')],
    false,
  ),
];

// --- todo ---

const people = {
  rick: ['admin', 'evil_genius'],
  morty: ['editor'],
  summer: ['editor'],
  beth: ['viewer'],
  jerry: ['viewer'],
} as const;
type Person = keyof typeof people;
const names = Object.keys(people) as readonly Person[];
/** The identity provider of the events gives opaque ids. */
const toPid = (name: Person) => `pid-${Buffer.from(name).toString('hex')}`;
const toEmail = (name: Person) => `${name}@the-citadel.com`;
const has = (name: Person, role: string) => (people[name] as readonly string[]).includes(role);

export const todoEntities: readonly InventoryEntity[] = names.map((name) =>
  user(toPid(name), { roles: people[name], email: toEmail(name) }),
);

/** Whether a person may act on a todo of an owner. */
const todoRules: Readonly<Record<string, (name: Person, owner: Person) => boolean>> = {
  can_read_user: () => true,
  can_read_todos: () => true,
  can_create_todo: (name) => has(name, 'admin') || has(name, 'editor'),
  can_update_todo: (name, owner) =>
    has(name, 'evil_genius') || (has(name, 'editor') && name === owner),
  can_delete_todo: (name, owner) => has(name, 'admin') || (has(name, 'editor') && name === owner),
};

export const todoCases: readonly EvaluationCase[] = names.flatMap((name) =>
  Object.entries(todoRules).flatMap(([action, isAllowed]) =>
    names.map((owner) => ({
      title: `todo: ${name} ${action} of ${owner}`,
      request: {
        subject: { type: 'user', id: toPid(name) },
        action: { name: action },
        resource:
          action === 'can_read_user'
            ? { type: 'user', id: toEmail(owner) }
            : { type: 'todo', id: 'todo-1', properties: { ownerID: toEmail(owner) } },
      },
      decision: isAllowed(name, owner),
    })),
  ),
);

// --- gateway ---

export const gatewayEntities: readonly InventoryEntity[] = names.map((name) => ({
  type: 'identity',
  id: toPid(name),
  properties: { roles: people[name] },
}));

const routes = [
  ['GET', '/users/{userId}'],
  ['GET', '/todos'],
  ['POST', '/todos'],
  ['PUT', '/todos/{todoId}'],
  ['DELETE', '/todos/{todoId}'],
] as const;

export const gatewayCases: readonly EvaluationCase[] = names.flatMap((name) =>
  routes.map(([method, route]) => ({
    title: `gateway: ${name} ${method} ${route}`,
    request: {
      subject: { type: 'identity', id: toPid(name) },
      action: { name: method },
      resource: { type: 'route', id: route },
    },
    decision: method === 'GET' || !has(name, 'viewer'),
  })),
);

// --- search ---

interface Worker {
  readonly id: string;
  readonly department: string;
  readonly is_manager: boolean;
}

const departments = ['Sales', 'Finance', 'Legal'];
const workers: readonly Worker[] = ['alice', 'bob', 'carol', 'dan', 'erin', 'felix'].map(
  (id, index) => ({ id, department: departments[index % 3] ?? '', is_manager: index % 4 === 0 }),
);
const records = Array.from({ length: 20 }, (_, index) => ({
  id: String(101 + index),
  owner: workers[index % workers.length]?.id ?? '',
  department: departments[(index * 7) % 3] ?? '',
}));
type OfficeRecord = (typeof records)[number];

export const searchEntities: readonly InventoryEntity[] = [
  ...workers.map(({ id, ...properties }) => user(id, properties)),
  ...records.map(({ id, ...properties }) => ({ type: 'record', id, properties })),
];

const officeRules: Readonly<Record<string, (worker: Worker, of: OfficeRecord) => boolean>> = {
  view: ({ id, department, is_manager }, of) =>
    of.owner === id || of.department === department || is_manager,
  edit: ({ id, department, is_manager }, of) =>
    of.owner === id || (is_manager && of.department === department),
  delete: ({ id }, { owner }) => owner === id,
};

export interface SearchCase {
  readonly title: string;
  readonly searched: 'subject' | 'resource' | 'action';
  readonly request: object;
  readonly results: readonly object[];
}

const actions = Object.keys(officeRules).sort();
const isAllowed = (action: string, worker: Worker, of: OfficeRecord) =>
  officeRules[action]?.(worker, of) === true;

export const subjectSearches: readonly SearchCase[] = actions.flatMap((name) =>
  records.map((of) => ({
    title: `who may ${name} ${of.id}`,
    searched: 'subject',
    request: { subject: { type: 'user' }, action: { name }, resource: record(of.id) },
    results: workers
      .filter((worker) => isAllowed(name, worker, of))
      .map(({ id }) => ({ type: 'user', id })),
  })),
);

export const resourceSearches: readonly SearchCase[] = actions.flatMap((name) =>
  workers.map((worker) => ({
    title: `what may ${worker.id} ${name}`,
    searched: 'resource',
    request: {
      subject: { type: 'user', id: worker.id },
      action: { name },
      resource: { type: 'record' },
    },
    results: records
      .filter((of) => isAllowed(name, worker, of))
      .map(({ id }) => ({ type: 'record', id })),
  })),
);

export const actionSearches: readonly SearchCase[] = workers.flatMap((worker) =>
  records.map((of) => ({
    title: `what may ${worker.id} do with ${of.id}`,
    searched: 'action',
    request: { subject: { type: 'user', id: worker.id }, resource: record(of.id) },
    results: actions.filter((name) => isAllowed(name, worker, of)).map((name) => ({ name })),
  })),
);

/** The certification document requires that these are found, among others. */
export const certificationSearches: readonly SearchCase[] = [
  {
    title: 'S1',
    searched: 'subject',
    request: { subject: { type: 'user' }, action: { name: 'read' }, resource: record('record-1') },
    results: [alice, bob],
  },
  {
    title: 'S2',
    searched: 'resource',
    request: { subject: alice, action: { name: 'read' }, resource: { type: 'record' } },
    results: [record('record-1')],
  },
  {
    title: 'S3',
    searched: 'action',
    request: { subject: alice, resource: record('record-1') },
    results: [{ name: 'read' }, { name: 'write' }],
  },
  {
    title: 'S4',
    searched: 'subject',
    request: { subject: { type: 'user' }, action: { name: 'write' }, resource: record('record-2') },
    results: [bob],
  },
  {
    title: 'S5',
    searched: 'resource',
    request: {
      subject: { ...bob, properties: { role: 'admin' } },
      action: { name: 'write' },
      resource: { type: 'record' },
    },
    results: [record('record-2')],
  },
  {
    title: 'S6',
    searched: 'action',
    request: { subject: bob, resource: record('record-2', { status: 'archived' }) },
    results: [{ name: 'write' }],
  },
];
