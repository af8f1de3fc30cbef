// The requests of a policy's own tests, step by step.

import { approveRequest, changeRequest } from '@nhipol/language';
import type { PolicyTest, TestStep } from '@nhipol/language/model';
import { parseInstant } from '@nhipol/language/types';
import { noTables, type TableTexts } from './tables.ts';

export interface StepRequest {
  readonly step: TestStep;
  /** JSON. */
  readonly request: string;
  readonly now: bigint | undefined;
  readonly tables: TableTexts;
}

/**
 * The requests of a test, step by step; each step changes the result of the steps before it. Each session has requests of
 * its own.
 */
export function listStepRequests(test: PolicyTest): readonly StepRequest[] {
  const requests = new Map<string | undefined, string>();
  let tables = noTables;
  return test.steps.map((step) => {
    const approved = step.grants.reduce(
      (before, grant) => approveRequest(before, grant, step.at ?? readContextTime(before) ?? 0n),
      requests.get(step.session) ?? test.request,
    );
    const request = changeRequest(approved, step.changes);
    requests.set(step.session, request);
    tables = changeTables(tables, step);
    return { step, request, now: step.at, tables };
  });
}

function changeTables(before: TableTexts, step: TestStep): TableTexts {
  if (step.tables.length === 0) return before;
  const after = new Map(before);
  for (const { table, json } of step.tables) {
    if (json === undefined) after.delete(table.name);
    else after.set(table.name, json);
  }
  return after;
}

/** The request's own `context.time`, or `undefined` if it has none that is a valid instant. */
export function readContextTime(request: string): bigint | undefined {
  try {
    const { context } = JSON.parse(request) as { readonly context?: { readonly time?: unknown } };
    const time = context?.time;
    return typeof time === 'string' ? parseInstant(time) : undefined;
  } catch {
    return undefined;
  }
}
