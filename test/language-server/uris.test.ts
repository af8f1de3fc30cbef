// URIs and paths: each URI has one path, a path returns to its URI, and files of different schemes never mix.

import { resolvePath } from '@nhipol/language/support';
import { describe, expect, test } from 'vitest';
import { convertPathToUri, convertUriToPath } from '../../editors/language-server/uris.ts';

describe('the path of a URI, and back', () => {
  test.each([
    ['file:///work/a.nhipol', '/work/a.nhipol'],
    ['file:///work/my%20policies/%C3%A4%23%3F%25.nhipol', '/work/my policies/ä#?%.nhipol'],
    ['file:///c%3A/x/a.nhipol', 'c:/x/a.nhipol'],
    ['file://server/share/a.nhipol', '//server/share/a.nhipol'],
    ['vscode-vfs://github/owner/repo/a%20b.nhipol', 'vscode-vfs://github/owner/repo/a b.nhipol'],
    ['vscode-vfs://github/a%3Fb%23c%25d.nhipol', 'vscode-vfs://github/a%3Fb%23c%25d.nhipol'],
    ['untitled:Untitled-1', 'untitled:Untitled-1'],
    ['inmemory://model/1', 'inmemory://model/1'],
    ['inmemory:///policy.nhipol', 'inmemory:///policy.nhipol'],
    ['git:/work/a.nhipol?%7B%22ref%22%3A%22%2Fmain%22%7D', undefined],
    ['file:///', '/'],
  ])('%s', (uri, path) => {
    if (path !== undefined) expect(convertUriToPath(uri)).toBe(path);
    expect(convertPathToUri(convertUriToPath(uri))).toBe(uri);
    expect(convertUriToPath(convertPathToUri(convertUriToPath(uri)))).toBe(convertUriToPath(uri));
  });
});

test.each([
  ['file:///C:/x/a.nhipol', 'c:/x/a.nhipol'],
  ['file:///C%3A/x/a.nhipol', 'c:/x/a.nhipol'],
  ['file:/work/a.nhipol', '/work/a.nhipol'],
  ['FILE:///work/a.nhipol', '/work/a.nhipol'],
  ['file:///work/(1)@2.nhipol', '/work/(1)@2.nhipol'],
  ['file:///work/50%.nhipol', '/work/50%.nhipol'],
  ['c:/x', 'c:/x'],
  ['', ''],
])('%j has the path %j', (uri, path) => {
  expect(convertUriToPath(uri)).toBe(path);
});

describe('a file that a policy names', () => {
  test.each([
    ['file:///work/a.nhipol', '../b.nhipol', 'file:///b.nhipol'],
    ['file:///c%3A/x/a.nhipol', 'my b.nhipol', 'file:///c%3A/x/my%20b.nhipol'],
    ['file://server/share/a.nhipol', 'b.nhipol', 'file://server/share/b.nhipol'],
    ['vscode-vfs://github/o/r/a.nhipol', 'b.nhipol', 'vscode-vfs://github/o/r/b.nhipol'],
    ['vscode-vfs://github/o/r/a.nhipol', '50%.nhipol', 'vscode-vfs://github/o/r/50%25.nhipol'],
    ['vscode-vfs://github/o/r/a.nhipol', '/b.nhipol', 'vscode-vfs://github/b.nhipol'],
    ['git:/w/a.nhipol?%7B%22ref%22%3A%22%2Fmain%22%7D', 'b.nhipol', 'git:/w/b.nhipol'],
    ['untitled:Untitled-1', 'b.nhipol', 'untitled:b.nhipol'],
    ['untitled:/work/a.nhipol', 'b.nhipol', 'untitled:/work/b.nhipol'],
    ['inmemory://model', 'b.nhipol', 'inmemory://model/b.nhipol'],
    ['inmemory:///a.nhipol', './lib/b.nhipol', 'inmemory:///lib/b.nhipol'],
  ])('%s names %s', (uri, named, expected) => {
    expect(convertPathToUri(resolvePath(convertUriToPath(uri), named))).toBe(expected);
  });
});
