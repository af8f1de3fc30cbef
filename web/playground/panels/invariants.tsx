// The invariants of the policy: decided for every request by the language server, with what refutes them.

import type { LSPClient } from '@codemirror/lsp-client';
import type {
  InvariantProof,
  InvariantVerdict,
  ProveParams,
  ProveResult,
} from '@nhipol/language-server/protocol';
import { useRequested } from '../components/use-requested.ts';

export interface InvariantsProps {
  readonly client: LSPClient;
  readonly uri: string;
  /** The text of the policy; its verdicts are shown until it changes. */
  readonly text: string;
  readonly count: number;
  readonly onShow: (line: number) => void;
}

export function InvariantsPanel({ client, uri, text, count, onShow }: InvariantsProps) {
  const { current, failure, send } = useRequested<ProveResult>(client, text);
  const params: ProveParams = { textDocument: { uri } };
  return (
    <>
      <h3>Invariants</h3>
      <div class="row">
        <button type="button" onClick={() => send('nhipol/prove', params)}>
          Prove {count === 1 ? '1 invariant' : `${count} invariants`}
        </button>
      </div>
      {failure !== undefined && <p class="note">{failure}</p>}
      {current !== undefined && (
        <ul class="tests" role="status">
          {current.invariants.map((invariant) => (
            <InvariantLine key={invariant.invariant} proof={invariant} onShow={onShow} />
          ))}
        </ul>
      )}
    </>
  );
}

const marks: Readonly<Record<InvariantVerdict, string>> = {
  proved: 'tested mark',
  refuted: 'none mark',
  'not proved': 'mark',
};

function InvariantLine({
  proof: { invariant, verdict, detail, range, counterexample },
  onShow,
}: { readonly proof: InvariantProof } & Pick<InvariantsProps, 'onShow'>) {
  return (
    <li>
      <span class={marks[verdict]}>{verdict}</span>{' '}
      <button type="button" class="link" onClick={() => onShow(range.start.line + 1)}>
        {invariant}
      </button>
      <div class="failure">
        {detail}
        {counterexample !== undefined && (
          <details>
            <summary>Why</summary>
            <pre>{JSON.stringify(counterexample, null, 2)}</pre>
          </details>
        )}
      </div>
    </li>
  );
}
