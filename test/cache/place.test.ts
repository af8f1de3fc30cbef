// Where compiled policies are cached, and when none is.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findCacheFolder, readBuildDigest } from '@nhipol/cli/cache';
import { expect, onTestFinished, test, vi } from 'vitest';

test('the folder is in that of the user', () => {
  const home = join(homedir(), '.cache/nhipol/modules');
  expect(findCacheFolder({})).toBe(home);
  expect(findCacheFolder({ XDG_CACHE_HOME: '' })).toBe(home);
  expect(findCacheFolder({ XDG_CACHE_HOME: '/var/cache/me' })).toBe('/var/cache/me/nhipol/modules');
  // The specification: paths must be absolute, and others are ignored.
  expect(findCacheFolder({ XDG_CACHE_HOME: 'cache' })).toBe(home);
});

test('nothing is cached in CI', () => {
  expect(findCacheFolder({ CI: 'true' })).toBeUndefined();
  expect(findCacheFolder({ CI: '1' })).toBeUndefined();
  expect(findCacheFolder({ CI: 'false' })).toBeDefined();
  expect(findCacheFolder({ CI: '' })).toBeDefined();
});

test('nothing is cached where files have no owners', () => {
  const { getuid } = process;
  onTestFinished(() => {
    Object.assign(process, { getuid });
  });
  Object.assign(process, { getuid: undefined });
  expect(findCacheFolder({})).toBeUndefined();
});

test('a program that is not bundled has no digest, so that a change of it is not missed', () => {
  expect(readBuildDigest()).toBeUndefined();
  expect(readBuildDigest(pathToFileURL('/nowhere/build-digest'))).toBeUndefined();
});

test.each(['', '.', 'home'])('without an absolute path nothing is cached: HOME is "%s"', (home) => {
  vi.stubEnv('HOME', home);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(findCacheFolder({ XDG_CACHE_HOME: 'cache' })).toBeUndefined();
  expect(findCacheFolder({ XDG_CACHE_HOME: '/cache' })).toBe('/cache/nhipol/modules');
});
