// Compares two versions of a policy, as `nhipol diff` does. Loaded when it is first needed.

import { diffPage } from '../../../assurance/reporting/diff/page.ts';
import { renderFragment } from '../../../assurance/reporting/pages/html.ts';
import { diff } from '../../../assurance/testing/diff/diff.ts';
import { maskDiff } from '../../../assurance/testing/diff/mask-diff.ts';
import { type Policy, shownPath } from '../../../language/index.ts';
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
