// The tree-sitter grammar reads what the parser reads, and its highlight query gives every token the color of its kind.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { Language, type Node, Parser, Query, type Tree } from 'web-tree-sitter';
import { parseText } from '../support/parsing.ts';
import { fences, type PolicyFile, policyFiles } from './policies.ts';
import { isGrammatical, type KindOfToken, tokenKinds } from './token-kinds.ts';

const folder = new URL('../../editors/tree-sitter/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder));
const queries = readdirSync(new URL('queries/', folder));
let language: Language;
let parser: Parser;

beforeAll(async () => {
  await Parser.init();
  language = await Language.load(read('tree-sitter-nhipol.wasm'));
  parser = new Parser();
  parser.setLanguage(language);
});

function parseTree(text: string): Tree {
  const tree = parser.parse(text);
  if (tree === null) throw new Error('the parser has no language');
  return tree;
}

function firstError({ name, text }: PolicyFile): string | undefined {
  const { rootNode } = parseTree(text);
  if (!rootNode.hasError) return undefined;
  const [node] = rootNode.descendantsOfType('ERROR');
  const place = node ?? findMissing(rootNode);
  return `${name}:${(place?.startPosition.row ?? 0) + 1} ${place?.text.slice(0, 60)}`;
}

function findMissing(node: Node): Node | undefined {
  if (node.isMissing) return node;
  for (const child of node.children) {
    const found = child && findMissing(child);
    if (found) return found;
  }
  return undefined;
}

test('the parser is built from the grammar', () => {
  const sums: Readonly<Record<string, string>> = JSON.parse(read('checksums.json').toString());
  const now = Object.keys(sums).map((name) => [
    name,
    createHash('sha256').update(read(name)).digest('hex'),
  ]);
  expect(Object.fromEntries(now)).toEqual(sums);
});

test('reads every policy of the repository', () => {
  expect(policyFiles.filter(({ text }) => parseText(text).found.length > 0)).toEqual([]);
  expect(policyFiles.map(firstError).filter((found) => found !== undefined)).toEqual([]);
});

test('reads every valid fence of the documentation', () => {
  const valid = fences.filter(({ text }) => parseText(text).found.length === 0);
  expect(valid.length).toBeGreaterThan(200);
  expect(valid.map(firstError).filter((found) => found !== undefined)).toEqual([]);
});

test('reads nothing that the productions of the parser refuse', () => {
  const refused = fences.filter(({ text }) => !isGrammatical(text));
  expect(refused).not.toEqual([]);
  expect(refused.filter(({ text }) => !parseTree(text).rootNode.hasError)).toEqual([]);
});

test('agrees with the parser about policies without one of their tokens', () => {
  const differences = policyFiles.flatMap(({ name, text }, index) => {
    const tokens = tokenKinds(text).filter(({ kind }) => kind !== 'comment');
    const without = tokens[(index * 31) % tokens.length];
    if (without === undefined) return [];
    const { start, text: image } = without;
    const shorter = `${text.slice(0, start)}${text.slice(start + image.length)}`;
    const isRead = !parseTree(shorter).rootNode.hasError;
    const isWrong = isRead ? !isGrammatical(shorter) : parseText(shorter).found.length === 0;
    return isWrong ? [`${name}: without ${image} at ${start}, ${isRead ? 'read' : 'refused'}`] : [];
  });
  expect(differences).toEqual([]);
});

test.for(queries)('%s is a valid query', (name) => {
  expect(new Query(language, read(`queries/${name}`).toString()).patternCount()).toBeGreaterThan(0);
});

/** The captures of each character; those of later patterns and inner nodes replace earlier ones. */
function listCaptures(text: string): readonly (string | undefined)[] {
  const query = new Query(language, read('queries/highlights.scm').toString());
  const found = new Array<string | undefined>(text.length);
  const captures = query
    .captures(parseTree(text).rootNode)
    .sort((a, b) => measureNode(b.node) - measureNode(a.node) || a.patternIndex - b.patternIndex);
  for (const { name, node } of captures) found.fill(name, node.startIndex, node.endIndex);
  return found;
}

const measureNode = ({ startIndex, endIndex }: Node) => endIndex - startIndex;

const kinds: readonly (readonly [string, RegExp])[] = [
  ['comment', /^comment/],
  ['string', /^string/],
  ['number', /^number/],
  ['symbol', /^(?:operator|punctuation)/],
  ['keyword', /^(?:keyword|boolean)/],
];

const findKind = (capture = '') =>
  kinds.find(([, pattern]) => pattern.test(capture))?.[0] ?? 'name';

function isRight({ kind, isName }: KindOfToken, found: string): boolean {
  return found === (kind === 'keyword' && isName === true ? 'name' : kind);
}

test('every token of every policy has the color of its kind', () => {
  const wrong = policyFiles.flatMap(({ name, text }) => {
    const captures = listCaptures(text);
    return tokenKinds(text).flatMap((token) => {
      const capture = captures[token.start];
      const found = findKind(capture);
      // The id of a control is one token here, and several for the lexer.
      if (isRight(token, found) || capture === 'label') return [];
      const line = text.slice(0, token.start).split('\n').length;
      return [`${name}:${line} \`${token.text}\` is a ${token.kind}, colored as ${found}`];
    });
  });
  expect(wrong).toEqual([]);
});

test('reads any beginning of a policy', () => {
  const { text } = policyFiles.find(({ name }) => name.includes('support-agent')) as PolicyFile;
  for (let end = 0; end < text.length; end += 97) {
    expect(parseTree(text.slice(0, end)).rootNode.endIndex).toBeLessThanOrEqual(end);
  }
});
