// The commands that search: "What would break?" looks for requests that violate an invariant, and "Show surviving mutants" for
// small changes that no test detects. The server publishes the findings as diagnostics.

import {
  type CancellationToken,
  commands,
  type Disposable,
  ProgressLocation,
  Uri,
  window,
} from 'vscode';
import type { MutantsResult, VerifyResult } from '../../../language-server/protocol.ts';
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
  ];
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
