// Why an answer is as it is: the rules that fired with their places in the source, what a permit requires, and the facts
// that it depends on.

import { Effect } from '@nhipol/components';
import type { Members } from '@nhipol/runtime/abi';
import type { EvaluationContext } from '@nhipol/service/client';
import { findFact, isFact } from '../state/fact-at.ts';

export interface ExplanationProps {
  readonly context: EvaluationContext;
  /** The facts of the session now. */
  readonly facts: Members;
}

export function ExplanationView({ context, facts }: ExplanationProps) {
  const { reason_details: reasons = [], read = [], single_use: isSingleUse = false } = context;
  const unknown = new Set(reasons.flatMap((reason) => reason.unknown ?? []));
  return (
    <>
      <h3>Why</h3>
      <ul class="reason-list">
        {reasons.map((reason) => (
          <Reason key={reason.id} reason={reason} />
        ))}
      </ul>
      <Requirements context={context} />
      <h3>Depends on</h3>
      {isSingleUse && <p class="soft">This answer read earlier decisions: it is for one action.</p>}
      {read.length === 0 ? (
        <p class="soft">Nothing that can change.</p>
      ) : (
        <table class="depends">
          <thead>
            <tr>
              <th scope="col">Read</th>
              <th scope="col">Now</th>
            </tr>
          </thead>
          <tbody>
            {read.map((path) => (
              <tr key={path}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                <td>
                  {isFact(path) ? <Fact value={findFact(facts, path)} /> : <Other path={path} />}
                  {unknown.has(path) && <span class="mark challenge">unknown</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

type ReasonDetail = NonNullable<EvaluationContext['reason_details']>[number];

function Reason({ reason }: { readonly reason: ReasonDetail }) {
  const { id, effect, message, fired_on: firedOn, unknown = [], source } = reason;
  return (
    <li>
      <Effect effect={effect} /> <code>{id}</code>{' '}
      {source !== undefined && (
        <span class="soft">
          {source.file}:{source.line}:{source.column}
        </span>
      )}
      {message !== undefined && <p>{message}</p>}
      {firedOn === 'unknown' && (
        <p>
          Its condition is unknown
          {unknown.length > 0 && ', because these are missing or stale: '}
          {unknown.map((path) => (
            <code key={path}>{path}</code>
          ))}
        </p>
      )}
    </li>
  );
}

/** The limits, obligations and requests that the answer comes with. */
function Requirements({ context }: { readonly context: EvaluationContext }) {
  const { constraints, lower, obligations, access_request: access, error } = context;
  const parts = [
    ['Limits', constraints],
    ['Permitted if lowered', lower],
    ['Obligations', obligations],
    ['Access request', access],
    ['Error', error],
  ] as const;
  return (
    <>
      {parts.map(
        ([title, value]) =>
          value !== undefined && (
            <div key={title}>
              <h3>{title}</h3>
              <pre>
                <code>{JSON.stringify(value, null, 2)}</code>
              </pre>
            </div>
          ),
      )}
    </>
  );
}

function Fact({ value }: { readonly value: unknown }) {
  if (value === undefined) return <span class="soft">missing </span>;
  return <code>{JSON.stringify(value)}</code>;
}

function Other({ path }: { readonly path: string }) {
  return <span class="soft">{path.includes('(') ? 'the history ' : 'a table '}</span>;
}
