// The test explorer: registers the tree of tests, the profiles that run them once, after each change and with coverage, and the
// commands of the code lenses.

import {
  type CancellationToken,
  CancellationTokenSource,
  commands,
  Disposable,
  EventEmitter,
  type FileCoverage,
  type TestRunRequest as Request,
  TestRunProfileKind,
  TestRunRequest,
  tests,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { Server } from '../server.ts';
import { PolicyCoverage } from './coverage.ts';
import { TestRunner } from './run.ts';
import { TestTree } from './tree.ts';

/** For how long changes are collected, in milliseconds. */
const delay = 300;

export function registerTests(server: Server): readonly Disposable[] {
  const controller = tests.createTestController('nhipol', 'nhipol');
  const tree = new TestTree(controller, server);
  const runner = new TestRunner(controller, server, tree);
  const changes = new EventEmitter<void>();

  const run = async (request: Request, token: CancellationToken): Promise<void> => {
    await runner.run(request, token);
    if (request.continuous !== true) return;
    const watching = changes.event(() => void runner.run(request, token));
    token.onCancellationRequested(() => watching.dispose());
  };
  const profile = controller.createRunProfile('Run', TestRunProfileKind.Run, run, true);
  profile.supportsContinuousRun = true;
  const coverage = controller.createRunProfile('Coverage', TestRunProfileKind.Coverage, run, true);
  coverage.supportsContinuousRun = true;
  coverage.loadDetailedCoverage = async (_run, file: FileCoverage) =>
    file instanceof PolicyCoverage ? [...file.details] : [];
  controller.refreshHandler = () => tree.discover();

  const runTest = async (
    uri: string,
    name: string,
    isContinuous: boolean,
    token: CancellationToken,
  ) => {
    const item = await tree.find(Uri.parse(uri), name);
    if (item === undefined) return;
    await run(new TestRunRequest([item], undefined, profile, isContinuous), token);
  };
  let watched = new CancellationTokenSource();
  const status = window.createStatusBarItem('nhipol.watch');
  status.name = 'nhipol: watched test';
  status.command = { command: 'nhipol.stopWatching', title: 'Stop watching the test' };
  const stopWatching = () => {
    watched.cancel();
    status.hide();
  };
  const watchTest = async (uri: string, name: string) => {
    stopWatching();
    watched = new CancellationTokenSource();
    status.text = `$(eye) ${name}`;
    status.tooltip = 'nhipol runs this test after each change. Click to stop.';
    status.show();
    await runTest(uri, name, true, watched.token);
  };

  void tree.discover();
  return [
    controller,
    changes,
    status,
    commands.registerCommand('nhipol.runTest', (uri: string, name: string) =>
      runTest(uri, name, false, new CancellationTokenSource().token),
    ),
    commands.registerCommand('nhipol.watchTest', watchTest),
    commands.registerCommand('nhipol.stopWatching', stopWatching),
    commands.registerCommand(
      'nhipol.showTests',
      (uri: string, rule: string, names: readonly string[]) => showTests(tree, uri, rule, names),
    ),
    ...watchFiles(tree, () => changes.fire()),
  ];
}

/** Keeps the tree up to date, and reports when a policy changed. */
function watchFiles(tree: TestTree, changed: () => void): readonly Disposable[] {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const later = (uri: Uri) => {
    const key = uri.toString();
    clearTimeout(timers.get(key));
    const update = async () => {
      timers.delete(key);
      await tree.update(uri);
      changed();
    };
    timers.set(
      key,
      setTimeout(() => void update(), delay),
    );
  };
  const watcher = workspace.createFileSystemWatcher('**/*.nhipol');
  return [
    watcher,
    watcher.onDidCreate((uri) => void tree.addFile(uri)),
    watcher.onDidDelete((uri) => tree.remove(uri)),
    watcher.onDidChange(later),
    workspace.onDidOpenTextDocument(({ languageId, uri, getText }) => {
      if (languageId === 'nhipol') tree.add(uri, getText());
    }),
    workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === 'untitled') tree.remove(uri);
    }),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (document.languageId !== 'nhipol' || contentChanges.length === 0) return;
      tree.add(document.uri, document.getText());
      later(document.uri);
    }),
    new Disposable(() => {
      for (const timer of timers.values()) clearTimeout(timer);
    }),
  ];
}

/** Shows one of the tests in its file. */
async function showTests(
  tree: TestTree,
  uri: string,
  rule: string,
  names: readonly string[],
): Promise<void> {
  const [first] = names;
  const name =
    names.length === 1
      ? first
      : await window.showQuickPick(names, { placeHolder: `Tests that fire ${rule}` });
  if (name === undefined) return;
  const item = await tree.find(Uri.parse(uri), name);
  if (item?.uri === undefined) return;
  await window.showTextDocument(item.uri, {
    ...(item.range === undefined ? {} : { selection: item.range }),
  });
}
