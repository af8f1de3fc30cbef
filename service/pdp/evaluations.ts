// Decides several requests at once (Authorization API 1.0, section 7): an entity that an item does not have is taken
// from the batch as a whole, and the semantic determines the last answer.

import type { Members } from '../json/members.ts';
import { type Asking, confirmAsking, type DecisionPoint } from './decision-point.ts';
import { Problem } from './problem.ts';
import { expectMember } from './requests/entities.ts';
import { isObject } from './requests/exact-json.ts';
import type { ShownResponse } from './requests/response.ts';
import { takeTurns } from './turns.ts';

const entities = ['subject', 'action', 'resource', 'context'] as const;

/** `maxItems`: more are refused. Throws a `Problem` for a batch that is invalid as a whole. */
export async function evaluateAll(
  point: DecisionPoint,
  batch: Members,
  given: Asking,
  maxItems: number,
): Promise<ShownResponse | { readonly evaluations: readonly ShownResponse[] }> {
  let asking: Asking = { ...given, generation: point.generation };
  const { evaluations, options } = batch;
  if (!Array.isArray(evaluations) || evaluations.length === 0)
    return point.evaluateShown(batch, asking);
  if (evaluations.length > maxItems) {
    const detail = `$.evaluations: expected at most ${maxItems} items, found ${evaluations.length}`;
    throw new Problem(400, detail, { path: '$.evaluations' });
  }
  const semantic = isObject(options) ? options.evaluations_semantic : undefined;
  const last = semantic === 'deny_on_first_deny' ? false : semantic === 'permit_on_first_permit';
  const isShort = semantic !== undefined && semantic !== 'execute_all';
  const responses: ShownResponse[] = [];
  const turn = takeTurns();
  for (const item of evaluations) {
    await turn();
    asking = await confirmAsking(asking);
    const response = await evaluateItem(point, batch, item, asking);
    responses.push(response);
    if (isShort && response.decision === last) break;
  }
  return { evaluations: responses };
}

/** An item that is invalid is denied, with the error in its context. */
async function evaluateItem(
  point: DecisionPoint,
  batch: Members,
  item: unknown,
  asking: Asking,
): Promise<ShownResponse> {
  try {
    return await point.evaluateShown(completeItem(batch, expectMember(item, '$')), asking);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { status, message } = error;
    return { decision: false, context: { error: { status, message } } };
  }
}

function completeItem(batch: Members, item: Members): Members {
  const inherited = entities
    .filter((name) => !Object.hasOwn(item, name) && Object.hasOwn(batch, name))
    .map((name) => [name, batch[name]] as const);
  return { ...item, ...Object.fromEntries(inherited) };
}
