// The version of a coding agent that is installed, and whether its hooks can block a tool.

import { execFile } from 'node:child_process';
import { UsageError } from '../../io/exit-codes.ts';
import type { AgentSettings } from './settings.ts';

/** How long a program has to print its version, in milliseconds. */
const timeout = 20_000;

type Version = readonly [number, number, number];

/**
 * Returns a warning if it is unknown whether a hook blocks, or untested, and `undefined` if it does. Throws a
 * UsageError if the version is too old.
 */
export async function findVersionWarning({
  program,
  minVersion,
  testedVersion,
}: AgentSettings): Promise<string | undefined> {
  const printed = await readPrintedVersion(program);
  const version = printed === undefined ? undefined : parseVersion(printed);
  if (version === undefined) {
    const needed = minVersion === undefined ? 'tested with' : 'needs at least';
    return `the version of ${program} is unknown: it ${needed} ${minVersion ?? testedVersion}`;
  }
  const shown = version.join('.');
  if (minVersion !== undefined && isOlder(version, minVersion)) {
    throw new UsageError(
      `${program} ${shown} lets a tool run if its hook fails: update it to ${minVersion} or later; nothing was written`,
    );
  }
  if (!isOlder(version, testedVersion)) return undefined;
  return `${program} ${shown} is earlier than ${testedVersion}, whose hooks were tested`;
}

function readPrintedVersion(program: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, ['--version'], { timeout }, (error, out) => {
      resolve(error === null ? out : undefined);
    });
  });
}

/** Returns `undefined` if the text contains no version. */
function parseVersion(text: string): Version | undefined {
  const [, ...numbers] = /(\d+)\.(\d+)\.(\d+)/.exec(text) ?? [];
  const [major, minor, patch] = numbers.map(Number);
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return [major, minor, patch];
}

function isOlder(version: Version, other: string): boolean {
  const limit = parseVersion(other) ?? [0, 0, 0];
  for (const [index, part] of version.entries()) {
    const difference = part - (limit[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
