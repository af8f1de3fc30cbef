// Answers the requests for inlay hints. Those about validity need a run of the tests: without a result, the hints of types
// come at once, and the client is asked to request all again when the tests are done.

import type { InlayHint, InlayHintParams } from 'vscode-languageserver';
import type { Context, Place } from '../context.ts';
import { inlayHintsIn } from '../features/inlay-hints.ts';
import type { TestRun } from '../runs/test-run.ts';

export function answerInlayHintRequests(context: Context): void {
  context.connection.languages.inlayHint.on(async (params) => {
    const place = await context.at(params.textDocument.uri, (found) => found);
    return place && hintsAt(context, place, params);
  });
}

async function hintsAt(
  context: Context,
  { analysis, file, positions }: Place,
  { range }: InlayHintParams,
): Promise<InlayHint[]> {
  const types = inlayHintsIn(analysis, file, range, positions);
  if (!context.settings.showsValidUntil) return types;
  const run = await runOf(context, analysis);
  if (run === undefined) return types;
  const { validityHintsIn } = await import('../features/validity-hints.ts');
  return [...types, ...validityHintsIn(run, file, range, positions)];
}

async function runOf(
  { runs, client, connection }: Context,
  analysis: Place['analysis'],
): Promise<TestRun | undefined> {
  const done = runs.doneOf(analysis);
  if (done !== undefined) return done;
  const running = runs.of(analysis).catch(() => undefined);
  if (client.workspace?.inlayHint?.refreshSupport !== true) return running;
  void running.then((run) => run && connection.languages.inlayHint.refresh());
  return undefined;
}
