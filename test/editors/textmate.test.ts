// The TextMate grammar colors every policy of the repository as the lexer reads it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, expect, test } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';
import { fences, policyFiles } from './policies.ts';
import { type KindOfToken, tokenKinds } from './token-kinds.ts';

type Grammar = NonNullable<Awaited<ReturnType<textmate.Registry['loadGrammar']>>>;

const folder = new URL('../../editors/vscode/syntaxes/', import.meta.url);
const files: Readonly<Record<string, string>> = {
  'source.nhipol': 'nhipol.tmLanguage.json',
  'markdown.nhipol.codeblock': 'nhipol.markdown.tmLanguage.json',
};
let policies: Grammar;
let markdown: Grammar;

beforeAll(async () => {
  const { resolve } = createRequire(import.meta.url);
  const engine = readFileSync(resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(engine);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => {
      if (scope === 'text.html.markdown') return { ...emptyMarkdown };
      const file = files[scope];
      if (file === undefined) return null;
      return textmate.parseRawGrammar(readFileSync(new URL(file, folder), 'utf8'), file);
    },
    getInjections: (scope) =>
      scope === 'text.html.markdown' ? ['markdown.nhipol.codeblock'] : undefined,
  });
  policies = await load(registry, 'source.nhipol');
  markdown = await load(registry, 'text.html.markdown');
});

/** Stands for the grammar of Markdown, which the injection extends. */
const emptyMarkdown = {
  scopeName: 'text.html.markdown',
  patterns: [],
  repository: {} as textmate.IRawGrammar['repository'],
};

async function load(registry: textmate.Registry, scope: string): Promise<Grammar> {
  const grammar = await registry.loadGrammar(scope);
  if (grammar === null) throw new Error(`no grammar for ${scope}`);
  return grammar;
}

/** The scopes of each character of a text. */
function listScopes(grammar: Grammar, text: string): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  let state = textmate.INITIAL;
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const { startIndex, endIndex, scopes } of tokens) {
      for (let at = startIndex; at < Math.min(endIndex, line.length); at += 1) found.push(scopes);
    }
    found.push([]);
  }
  return found;
}

const kinds: readonly (readonly [string, RegExp])[] = [
  ['comment', /^comment\./],
  ['string', /^string\./],
  ['invalid', /^invalid\./],
  ['number', /^constant\.numeric\./],
  ['symbol', /^(?:keyword\.operator\.(?!word)|punctuation\.(?!definition))/],
  ['keyword', /^(?:keyword|storage\.type|constant\.language)\./],
];

function findKind(scopes: readonly string[]): string {
  const own = kinds.find(([, pattern]) => scopes.some((scope) => pattern.test(scope)));
  return own?.[0] ?? 'name';
}

function isRight({ kind, isName }: KindOfToken, found: string): boolean {
  if (found === kind) return true;
  // Punctuation may be without a color, and the server underlines invalid characters.
  if (kind === 'symbol' || kind === 'invalid') return found === 'name';
  return kind === 'keyword' && isName !== false && found === 'name';
}

/** The tokens with another color than their kind. */
function findWrongTokens(name: string, text: string): readonly string[] {
  const scopes = listScopes(policies, text);
  return tokenKinds(text).flatMap((token) => {
    const { start, text: image } = token;
    // A name may contain a quote only within a string, so each character of a token has one kind.
    const found = new Set(
      [...image].map((character, at) =>
        character === '\n' ? token.kind : findKind(scopes[start + at] ?? []),
      ),
    );
    if ([...found].every((each) => isRight(token, each))) return [];
    const line = text.slice(0, start).split('\n').length;
    return [`${name}:${line} \`${image}\` is a ${token.kind}, colored as ${[...found].join(', ')}`];
  });
}

test('every token of every policy has the color of its kind', () => {
  expect(policyFiles.length).toBeGreaterThan(100);
  expect(policyFiles.flatMap(({ name, text }) => findWrongTokens(name, text))).toEqual([]);
});

test('every token of the fences of the documentation has the color of its kind', () => {
  expect(fences.length).toBeGreaterThan(400);
  expect(fences.flatMap(({ name, text }) => findWrongTokens(name, text))).toEqual([]);
});

test('colors the roles of names and placeholders', () => {
  const text = [
    'policy acme.bot',
    'for any {',
    '  deny too_large when size(subject.roles) > MAX or regex"a\\.b" is x',
    '    because "has {subject.roles} \\" and {{"',
    '}',
  ].join('\n');
  const scopes = listScopes(policies, text);
  const at = (part: string) => scopes[text.indexOf(part)]?.at(-1);
  expect({
    acme: at('acme.bot'),
    too_large: at('too_large'),
    size: at('size'),
    subject: at('subject'),
    roles: at('roles'),
    MAX: at('MAX'),
    placeholder: at('{subject'),
    escape: at('\\"'),
    brace: at('{{'),
    regex: at('a\\.b'),
  }).toEqual({
    acme: 'entity.name.namespace.nhipol',
    too_large: 'entity.name.function.rule.nhipol',
    size: 'support.function.builtin.nhipol',
    subject: 'variable.language.nhipol',
    roles: 'variable.other.member.nhipol',
    MAX: 'constant.other.enum-member.nhipol',
    placeholder: 'punctuation.definition.template-expression.begin.nhipol',
    escape: 'constant.character.escape.nhipol',
    brace: 'constant.character.escape.nhipol',
    regex: 'string.regexp.nhipol',
  });
});

test('a declaration at the start of a line ends brackets that are not closed', () => {
  const text = 'for any {\n  permit x when (a\n\nenum Level { low }';
  const scopes = listScopes(policies, text)[text.indexOf('enum')];
  expect(scopes).toEqual(['source.nhipol', 'storage.type.declaration.nhipol']);
});

test('colors the fences of Markdown that contain policies', () => {
  const text = 'Text with permit.\n\n```nhipol\nfor any {\n```\n\npermit';
  const scopes = listScopes(markdown, text);
  expect(scopes[text.indexOf('permit')]).toEqual(['text.html.markdown']);
  expect(scopes[text.indexOf('for any')]).toContain('keyword.control.clause.nhipol');
  expect(scopes[text.lastIndexOf('permit')]).toEqual(['text.html.markdown']);
});
