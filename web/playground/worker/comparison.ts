// Compares two versions of a policy, as `nhipol diff` does. Loaded when it is first needed.

import { shownPath } from '@nhipol/language';
import type { Policy } from '@nhipol/language/model';
import { diffPage, renderFragment } from '@nhipol/reporting';
import { diff, maskDiff } from '@nhipol/testing/diff';
import type { Compared } from './contract.ts';

const samples = 1_000;

export function compare(before: Policy, after: Policy): Compared {
  const found = maskDiff(before, after, diff(before, after, { samples }));
  const versionOf = ({ version, sources }: Policy) => ({
    file: shownPath(sources[0]?.name ?? ''),
    version,
  });
  const titled = {
    name: after.name,
    before: versionOf(before),
    after: versionOf(after),
    log: undefined,
    diff: found,
  };
  return { html: renderFragment(diffPage(titled)) };
}
