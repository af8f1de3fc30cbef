// Resolves the requests of tests: inline requests, files, and fixtures. Returns JSON, or undefined
// after a report.

import { changeRequest } from '../../request/change-request.ts';
import { hasAllItems } from '../../support/all-there.ts';
import { resolvePath } from '../../support/source.ts';
import type { FixtureNode, NameNode, RequestNode, StringNode } from '../../syntax/ast.ts';
import type { Context } from '../context.ts';
import type { Shapes } from '../declarations/shapes.ts';
import { reportCircle } from '../expressions/definitions.ts';
import { checkChange, isOfTable, printJsonNode } from './changes.ts';
import { checkNamesInText, checkRequestNames } from './request-names.ts';

const baseHelp = 'one of them must begin with a request: `{ … }`, or `from "file.json"`';

export class Requests {
  readonly #context: Context;
  readonly #shapes: Shapes;
  readonly #fixtures = new Map<FixtureNode, string | undefined>();

  constructor(context: Context, shapes: Shapes) {
    this.#context = context;
    this.#shapes = shapes;
  }

  resolveRequest(node: RequestNode): string | undefined {
    if (node.kind === 'JsonObject') {
      checkRequestNames(this.#context, this.#shapes, node);
      return printJsonNode(node);
    }
    if (node.kind === 'String') {
      const text = this.#read(node);
      if (text !== undefined) checkNamesInText(this.#context, this.#shapes, text, node.span);
      return text;
    }
    const fixture = this.#findFixture(node);
    return fixture && this.fixture(fixture);
  }

  /**
   * Resolves the fixtures on which it depends first, without recursion, because the chain may be
   * long.
   */
  fixture(node: FixtureNode): string | undefined {
    const path: FixtureNode[] = [];
    for (let next: FixtureNode | undefined = node; next && !this.#fixtures.has(next); ) {
      // A circular fixture has no request, and is reported once.
      this.#fixtures.set(next, undefined);
      path.push(next);
      const { request }: FixtureNode = next;
      next = request.kind === 'Name' ? this.#findFixture(request) : undefined;
      const first = next && this.#fixtures.has(next) ? path.indexOf(next) : -1;
      if (first !== -1) reportCircle(this.#context, path.slice(first), baseHelp);
    }
    for (const next of path.reverse()) this.#fixtures.set(next, this.#buildFixture(next));
    return this.#fixtures.get(node);
  }

  #buildFixture({ request, changes }: FixtureNode): string | undefined {
    const base = this.resolveRequest(request);
    const { reporter } = this.#context;
    const checked = changes.map((change) => {
      if (!isOfTable(change)) return checkChange(this.#context, this.#shapes, change);
      const why = 'a fixture contains only a request: the test sets the rows of a table';
      reporter.report('bad-test', change.path.span, { why });
      return undefined;
    });
    return base === undefined || !hasAllItems(checked) ? undefined : changeRequest(base, checked);
  }

  #findFixture(name: NameNode): FixtureNode | undefined {
    const declared = this.#context.find(name.text, name.span.file);
    if (declared?.kind === 'Fixture') return declared;
    this.#context.unknown('unknown-fixture', name, this.#context.listNames('Fixture', name.span));
    return undefined;
  }

  #read({ value, span }: StringNode): string | undefined {
    const path = resolvePath(span.file, value);
    const text = this.#context.sources.get(path);
    const fail = (why: string, help?: string): undefined => {
      this.#context.reporter.report('bad-test', span, { why }, { help });
      return undefined;
    };
    if (text === undefined) {
      const unread = this.#context.unread(path);
      const why = unread === undefined ? '' : `: ${unread.why}`;
      return fail(`cannot read \`${path}\`${why}`, unread?.help);
    }
    try {
      const json: unknown = JSON.parse(text);
      if (typeof json === 'object' && json !== null && !Array.isArray(json)) return text;
    } catch {
      // Reported below, together with JSON that is not an object.
    }
    return fail(`\`${path}\` is not a JSON object`);
  }
}
