// Compares two versions of a policy, as `nhipol diff` does. Loaded when it is first needed.

import { displayPath } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { diffPage, renderFragment } from '@nhipol/reporting';
import { diff, maskDiff } from '@nhipol/testing/diff';
import type { ComparisonHtml } from './contract.ts';

const samples = 1_000;

export function comparePolicies(before: PolicyModel, after: PolicyModel): ComparisonHtml {
  const policyDiff = maskDiff(before, after, diff(before, after, { samples }));
  const describeVersion = ({ version, sources }: PolicyModel) => ({
    file: displayPath(sources[0]?.name ?? ''),
    version,
  });
  const titled = {
    name: after.name,
    before: describeVersion(before),
    after: describeVersion(after),
    log: undefined,
    diff: policyDiff,
  };
  return { html: renderFragment(diffPage(titled)) };
}
