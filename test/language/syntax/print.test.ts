// Printed syntax trees parse to the same tree.

import { Reporter } from '@nhipol/language';
import { print } from '@nhipol/language/format';
import { parse, printExprText, tokenize } from '@nhipol/language/syntax';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LParenToken, RParenToken } from '../../../language/syntax/tokens.ts';
import { exprArbitrary, fileArbitrary } from '../../support/arbitraries/ast-arbitrary.ts';
import { withoutSpans } from '../../support/references/without-spans.ts';

function read(text: string) {
  const reporter = new Reporter();
  const tree = parse('p.nhipol', text, reporter);
  return { tree, found: reporter.diagnostics.map(({ code, message }) => `${code}: ${message}`) };
}

function readExpr(text: string): unknown {
  const { tree, found } = read(`const x = ${text}`);
  const [item] = tree.items;
  if (found.length > 0 || tree.items.length !== 1 || item?.kind !== 'Const') return undefined;
  return withoutSpans(item.value);
}

test('a printed file parses to the same tree', () => {
  fc.assert(
    fc.property(fileArbitrary, (file) => {
      const text = print(file);
      const { tree, found } = read(text);
      expect(found, text).toEqual([]);
      expect(withoutSpans(tree), text).toEqual(withoutSpans(file));
      expect(print(tree)).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test('a printed expression parses to the same tree, without redundant parentheses', () => {
  fc.assert(
    fc.property(exprArbitrary, (expr) => {
      const text = printExprText(expr);
      const tree = withoutSpans(expr);
      expect(readExpr(text), text).toEqual(tree);
      for (const [open, close] of groupings(text)) {
        const bare = `${text.slice(0, open)} ${text.slice(open + 1, close)} ${text.slice(close + 1)}`;
        expect(readExpr(bare), `${text} without the parentheses at ${open}`).not.toEqual(tree);
      }
    }),
    { numRuns: 1000 },
  );
});

/** The pairs of parentheses, except those of calls. */
function groupings(text: string): [number, number][] {
  const pairs: [number, number][] = [];
  const open: { at: number; call: boolean }[] = [];
  const { tokens } = tokenize(text);
  tokens.forEach((token, at) => {
    const before = tokens[at - 1];
    if (token.tokenType === LParenToken) {
      const call = before?.endOffset === token.startOffset - 1 && /\w$/.test(before.image);
      open.push({ at: token.startOffset, call });
    } else if (token.tokenType === RParenToken) {
      const pair = open.pop();
      if (pair && !pair.call) pairs.push([pair.at, token.startOffset]);
    }
  });
  return pairs;
}

const styled = `policy acme.agent version "1.0.0"

use { Actor, Privilege } from "nhi.nhipol"
use "vocabulary.nhipol"

enum Level { LOW < MEDIUM < HIGH, else HIGH }

record Actor { sub?: String }

const limit = 5m
const names = { "a", "b" }

subject ai_agent {
  credential: { expires_at: Timestamp in seconds, exposed: Bool = false }
  attestation?: { level?: Level, observed_at?: Timestamp } fresh 5m
  chain: List<Actor> = {}
}

action any { privilege?: Privilege }
action "tools/call" { tool?: { name?: String } }

table scopes: String -> Set<String> from "scopes.json"
table limits: (String, Level) -> Int { ("a", LOW): 5, ("b", HIGH): 7 }

constraint ttl: Duration smallest wins
constraint privilege: Privilege limits action.privilege

for ai_agent, robot doing "tools/call" on any_file when subject.ready {
  let approved = context.session.approved
  given required = scopes[action.tool.name] {
    permit confirmed
      when required within approved
      and required within subject.on_behalf_of.scopes
      and not (subject.suspended or subject.retired)
    narrow careful when level is MEDIUM, if unknown skip
      to { privilege: read, ttl: 60s }
      or deny unless resource.sensitivity in { public, internal }
      because "{action.tool.name} is {{risky}}"
      covers NHI5:2025, PR.AA-05, "in our own words"
  } otherwise ignore
  score anomalies {
    geo counts 1 when context.network.country is missing
    from 1 narrow to { ttl: 5m }
    from 2 deny
  }
  permit fallback otherwise
}

test "a read" {
  request from "read.json"
  at 2026-12-25T00:00:00Z
  with { context.risk.level = "HIGH", subject.owner = missing }
  expect narrow because careful with { ttl: 60s } until 2026-12-25T00:05:00Z
  then
  expect deny
}
`;

test('prints a policy in the canonical style unchanged', () => {
  const { tree, found } = read(styled);
  expect(found).toEqual([]);
  expect(print(tree)).toBe(styled);
});

test('prints an empty file as an empty string', () => {
  expect(print(read('').tree)).toBe('');
});
