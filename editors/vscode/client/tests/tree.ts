// The tree of the test explorer: an item for each policy of the workspace and of the open documents, with its tests, and the
// rows of a test under it. The tests of a policy are read when it is expanded, run or edited.

import type { TestsResult } from '@nhipol/language-server/protocol';
import { type TestController, type TestItem, Uri, workspace } from 'vscode';
import { isPolicy, readDocumentText, readWorkspaceFiles } from '../files.ts';
import { toRange } from '../ranges.ts';
import type { Server } from '../server.ts';

/** A test that can run: its policy, and its name in there. */
export interface TestOfPolicy {
  readonly policy: Uri;
  readonly name: string;
}

export class TestTree {
  readonly #controller: TestController;
  readonly #server: Server;
  readonly #tests = new WeakMap<TestItem, TestOfPolicy>();
  /** The files with tests of each policy that was read. */
  readonly #files = new Map<string, ReadonlySet<string>>();

  constructor(controller: TestController, server: Server) {
    this.#controller = controller;
    this.#server = server;
    controller.resolveHandler = async (item) => {
      if (item === undefined) await this.discover();
      else await this.read(item);
    };
  }

  /** Finds the policies of the workspace. */
  async discover(): Promise<void> {
    for (const { uri, text } of await readWorkspaceFiles()) this.add(uri, text);
    for (const { languageId, uri, getText } of workspace.textDocuments) {
      if (languageId === 'nhipol') this.add(uri, getText());
    }
  }

  /** Adds or removes a file that may be a policy. */
  async addFile(uri: Uri): Promise<void> {
    this.add(uri, await readDocumentText(uri));
  }

  add(uri: Uri, text: string): TestItem | undefined {
    const id = uri.toString();
    if (!isPolicy(text)) {
      this.remove(uri);
      return undefined;
    }
    const existingItem = this.#controller.items.get(id);
    if (existingItem !== undefined) return existingItem;
    const item = this.#controller.createTestItem(id, workspace.asRelativePath(uri), uri);
    item.canResolveChildren = true;
    this.#controller.items.add(item);
    return item;
  }

  remove(uri: Uri): void {
    this.#controller.items.delete(uri.toString());
    this.#files.delete(uri.toString());
  }

  /** Reads the tests of a policy. */
  async read(item: TestItem): Promise<void> {
    const policy = item.uri;
    if (policy === undefined || item.parent !== undefined) return;
    item.busy = true;
    try {
      const { tests } = await this.#server.request<TestsResult>('nhipol/tests', policy);
      this.#show(item, policy, tests);
      item.error = undefined;
    } catch (error) {
      item.error = error instanceof Error ? error.message : String(error);
    } finally {
      item.busy = false;
    }
  }

  /** Reads the policies again that a changed file belongs to. */
  async update(uri: Uri): Promise<void> {
    const changed = uri.toString();
    const readers = [...this.#files].filter(
      ([policy, files]) => policy === changed || files.has(changed),
    );
    for (const [policy] of readers) {
      const item = this.#controller.items.get(policy);
      if (item !== undefined) await this.read(item);
    }
  }

  getTest(item: TestItem): TestOfPolicy | undefined {
    return this.#tests.get(item);
  }

  /** The item of a test, by a file of its policy and its name. */
  async find(file: Uri, name: string): Promise<TestItem | undefined> {
    const document = await workspace.openTextDocument(file);
    this.add(file, document.getText());
    const policies = [...this.#controller.items].map(([, item]) => item);
    for (const policy of policies) {
      const isOwn = policy.id === file.toString();
      if (isOwn && policy.children.size === 0) await this.read(policy);
      if (!isOwn && !this.#files.get(policy.id)?.has(file.toString())) continue;
      const testItem = listDescendants(policy).find((item) => this.#tests.get(item)?.name === name);
      if (testItem !== undefined) return testItem;
    }
    return undefined;
  }

  #show(item: TestItem, policy: Uri, tests: TestsResult['tests']): void {
    const groups = new Map<string, TestItem>();
    const roots: TestItem[] = [];
    for (const { name, uri, range, rowOf } of tests) {
      const child = this.#item(policy, name, uri);
      child.range = toRange(range);
      if (rowOf === undefined) {
        roots.push(child);
        continue;
      }
      const existingGroup = groups.get(rowOf);
      const group = existingGroup ?? this.#item(policy, rowOf, uri);
      if (existingGroup === undefined) {
        groups.set(rowOf, group);
        roots.push(group);
        group.range = toRange(range);
      }
      child.label = name.startsWith(`${rowOf} `) ? name.slice(rowOf.length + 1) : name;
      group.children.add(child);
    }
    item.children.replace(roots);
    this.#files.set(item.id, new Set(tests.map(({ uri }) => Uri.parse(uri).toString())));
  }

  #item(policy: Uri, name: string, uri: string): TestItem {
    const item = this.#controller.createTestItem(`${policy}#${name}`, name, Uri.parse(uri));
    this.#tests.set(item, { policy, name });
    return item;
  }
}

/** The items under an item, in order. */
export function listDescendants(item: TestItem): readonly TestItem[] {
  return [...item.children].flatMap(([, child]) => [child, ...listDescendants(child)]);
}
