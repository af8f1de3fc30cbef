// The commands that search: "What would break?" looks for requests that violate an invariant, and "Show surviving mutants" for
// small changes that no test detects. The server publishes the findings as diagnostics. The lens of an invariant that is
// refuted shows why.

import type { MutantsResult, ProveResult, VerifyResult } from '@nhipol/language-server/protocol';
import {
  type CancellationToken,
  commands,
  type Disposable,
  ProgressLocation,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { type Server, showFailure } from './server.ts';

/** The result of a search. */
interface Found {
  /** A sentence. */
  readonly summary: string;
  readonly findings: number;
}

export function registerChecks(server: Server): readonly Disposable[] {
  return [
    register('nhipol.verify', 'What would break?', async (uri, token) => {
      const { summary, findings } = await server.request<VerifyResult>(
        'nhipol/verify',
        uri,
        {},
        token,
      );
      return { summary, findings: findings.length };
    }),
    register('nhipol.mutants', 'Surviving mutants', async (uri, token) => {
      const { survivors, mutants } = await server.request<MutantsResult>(
        'nhipol/mutants',
        uri,
        {},
        token,
      );
      const summary =
        survivors.length === 0
          ? `The tests detect all ${mutants} mutants.`
          : `The tests do not detect ${survivors.length} of ${mutants} mutants.`;
      return { summary, findings: survivors.length };
    }),
    commands.registerCommand('nhipol.showCounterexample', (uri: string, invariant: string) =>
      showCounterexample(server, Uri.parse(uri), invariant).catch((error) =>
        showFailure('Prove invariants', error),
      ),
    ),
  ];
}

/** Opens what refutes an invariant next to the policy. */
async function showCounterexample(server: Server, uri: Uri, invariant: string): Promise<void> {
  const { invariants } = await server.request<ProveResult>('nhipol/prove', uri, {});
  const found = invariants.find(
    (invariantProof) => invariantProof.invariant === invariant,
  )?.counterexample;
  if (found === undefined) return;
  const content = `${JSON.stringify(found, null, 2)}\n`;
  const document = await workspace.openTextDocument({ language: 'json', content });
  await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preview: true });
}

/** A command that can be canceled, and shows a summary when it has searched. */
function register(
  command: string,
  title: string,
  search: (uri: Uri, token: CancellationToken) => Promise<Found>,
): Disposable {
  return commands.registerCommand(command, async (given?: string) => {
    const uri = given === undefined ? window.activeTextEditor?.document.uri : Uri.parse(given);
    if (uri === undefined) {
      void window.showInformationMessage('Open a policy first.');
      return;
    }
    const options = {
      location: ProgressLocation.Notification,
      title: `nhipol: ${title}`,
      cancellable: true,
    };
    const found = await window
      .withProgress(options, (_progress, token) => search(uri, token))
      .then(undefined, (error) => showFailure(title, error));
    if (found === undefined) return;
    const show = 'Show Problems';
    const actions = found.findings > 0 ? [show] : [];
    const choice = await window.showInformationMessage(found.summary, ...actions);
    if (choice === show) await commands.executeCommand('workbench.actions.view.problems');
  });
}
