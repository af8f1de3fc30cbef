// Answers the requests about code lenses. The tests that fire a rule are found by one run of all tests, and the verdicts on
// invariants by one search, which begin when a lens becomes visible.

import { CodeLensRefreshRequest } from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import type { ServerContext } from '../context.ts';
import {
  type LensData,
  listCodeLenses,
  resolveInvariantLens,
  resolveRuleLens,
} from '../features/code-lenses.ts';
import type { Publisher } from '../publisher.ts';
import { Commands } from './commands.ts';

/** How long after the proofs the lenses are drawn again, in milliseconds: VS Code then has shown them. */
const redrawDelay = 1_000;

export function answerLensRequests(context: ServerContext, publisher: Publisher): void {
  const { connection } = context;
  const commands = new Commands(context, publisher);
  connection.onExecuteCommand((params) => commands.execute(params));
  connection.onCodeLens(({ textDocument }) =>
    context.at(textDocument.uri, ({ analysis, file, positions }) =>
      listCodeLenses(analysis, file, positions),
    ),
  );
  const request = async () => connection.sendRequest(CodeLensRefreshRequest.type);
  const refresh = () => {
    if (context.client.workspace?.codeLens?.refreshSupport !== true) return;
    // The connection can be closed by now.
    request().catch(() => undefined);
  };
  /** The analyses whose lenses were drawn again after the proofs had ended. */
  const redrawn = new WeakSet<PolicyAnalysis>();
  connection.onCodeLensResolve(async (lens) => {
    const { uri, file, kind, start }: LensData = lens.data;
    const place = await context.expectChecked(uri);
    if (kind === 'invariant') {
      const proofs = await context.proofs.of(place.analysis);
      // While a lens waits for a proof, VS Code can request all lenses again, and then shows one whose command it has removed.
      if (!redrawn.has(place.analysis)) setTimeout(refresh, redrawDelay);
      redrawn.add(place.analysis);
      const proof = proofs?.find(({ span }) => span.file === file && span.start === start);
      return resolveInvariantLens(lens, proof);
    }
    const run = await context.runs.of(place.analysis);
    const rule = run?.rules.find(({ of: { span } }) => span.file === file && span.start === start);
    return resolveRuleLens(lens, rule?.firedBy.map(({ name }) => name) ?? []);
  });
  // A change of another file of the policy changes which tests fire a rule.
  publisher.onChange(refresh);
}
