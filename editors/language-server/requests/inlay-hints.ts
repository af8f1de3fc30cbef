// Answers the requests for inlay hints. Those about validity need a run of the tests: without a result, the hints of types
// come at once, and the client is asked to request all again when the tests are done.

import type { InlayHint, InlayHintParams } from 'vscode-languageserver';
import type { AnalyzedFile, ServerContext } from '../context.ts';
import { listTypeHints } from '../features/inlay-hints.ts';
import type { PolicyTestRun } from '../runs/test-run.ts';

export function answerInlayHintRequests(context: ServerContext): void {
  context.connection.languages.inlayHint.on(async (params) => {
    const place = await context.at(params.textDocument.uri, (analyzedFile) => analyzedFile);
    return place && listHints(context, place, params);
  });
}

async function listHints(
  context: ServerContext,
  { analysis, file, positions }: AnalyzedFile,
  { range }: InlayHintParams,
): Promise<InlayHint[]> {
  const types = listTypeHints(analysis, file, range, positions);
  if (!context.settings.showsValidUntil) return types;
  const run = await findRun(context, analysis);
  if (run === undefined) return types;
  const { listValidityHints: validityHintsIn } = await import('../features/validity-hints.ts');
  return [...types, ...validityHintsIn(run, file, range, positions)];
}

async function findRun(
  { runs, client, connection }: ServerContext,
  analysis: AnalyzedFile['analysis'],
): Promise<PolicyTestRun | undefined> {
  const done = runs.getDone(analysis);
  if (done !== undefined) return done;
  const running = runs.of(analysis).catch(() => undefined);
  if (client.workspace?.inlayHint?.refreshSupport !== true) return running;
  void running.then((run) => run && connection.languages.inlayHint.refresh());
  return undefined;
}
