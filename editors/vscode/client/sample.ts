// Opens the sample policy of the walkthrough as a new document, which the user may change and need not save.

import { commands, type Disposable, Uri, window, workspace } from 'vscode';

export function registerSample(extension: Uri): readonly Disposable[] {
  return [
    commands.registerCommand('nhipol.openSample', async () => {
      const sample = Uri.joinPath(extension, 'walkthrough/sample.nhipol');
      const content = new TextDecoder().decode(await workspace.fs.readFile(sample));
      const document = await workspace.openTextDocument({ language: 'nhipol', content });
      await window.showTextDocument(document);
    }),
    commands.registerCommand('nhipol.openWalkthrough', () =>
      commands.executeCommand('workbench.action.openWalkthrough', 'nhipol.nhipol#first-policy'),
    ),
  ];
}
