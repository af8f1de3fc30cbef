// AuthZEN's evaluations (Authorization API 1.0, §7): a missing member of an item is taken from the batch, and the
// semantic determines the answers that are returned.

import { type AnswerError, jsonTypes } from '../contract/index.ts';

const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;

/** Whether all items are decided, or all up to the first denial, or up to the first permit. */
export type Semantic = (typeof semantics)[number];

export interface Batch {
  readonly requests: readonly unknown[];
  readonly semantic: Semantic;
}

const entities = ['subject', 'action', 'resource', 'context'] as const;

/** A batch as a JavaScript object, or the error in it. Without `evaluations` it is a single request. */
export function readBatch(request: unknown): Batch | AnswerError {
  if (!isRecord(request)) return createWrongType('$', jsonTypes.object, request);
  // Members are read once, since a getter may return something else the next time.
  const batch = { ...request };
  const { evaluations, options } = batch;
  const semantic = readSemantic(options);
  if (typeof semantic === 'object') return semantic;
  if (isAbsent(evaluations)) return { requests: [batch], semantic };
  if (!Array.isArray(evaluations))
    return createWrongType('$.evaluations', jsonTypes.array, evaluations);
  if (evaluations.length === 0) return { requests: [batch], semantic };
  return { requests: evaluations.map((item: unknown) => completeItem(batch, item)), semantic };
}

/** Whether the answer is the last one. */
export function ends(semantic: Semantic, decision: boolean): boolean {
  return semantic === (decision ? 'permit_on_first_permit' : 'deny_on_first_deny');
}

/** An entity is taken as a whole from the item or from the batch. A value that is not an object stays as it is. */
function completeItem(batch: Readonly<Record<string, unknown>>, item: unknown): unknown {
  if (!isRecord(item)) return item;
  const own = { ...item };
  const missing = entities.filter(
    (name) => !Object.hasOwn(own, name) && Object.hasOwn(batch, name),
  );
  return { ...own, ...Object.fromEntries(missing.map((name) => [name, batch[name]])) };
}

function readSemantic(options: unknown): Semantic | AnswerError {
  if (isAbsent(options)) return 'execute_all';
  if (!isRecord(options)) return createWrongType('$.options', jsonTypes.object, options);
  const { evaluations_semantic: asked } = options;
  if (isAbsent(asked)) return 'execute_all';
  const matchingSemantic = semantics.find((semantic) => semantic === asked);
  if (matchingSemantic !== undefined) return matchingSemantic;
  return createWrongType('$.options.evaluations_semantic', `one of ${semantics.join(', ')}`, asked);
}

/** As everywhere in a request. */
function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function createWrongType(path: string, what: string, found: unknown): AnswerError {
  return { code: 'wrong_type', path, expected: what, found: describeKind(found), offset: 0 };
}

function describeKind(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return jsonTypes.array;
  return typeof value === 'object' ? jsonTypes.object : `a ${typeof value}`;
}
