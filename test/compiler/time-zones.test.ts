// Tests what windows and calendar fields add to a module: the release of the time zone data, which the
// manifest names if it matters, and no more bytes than needed.

import { expect, test } from 'vitest';
import { lower } from '../../compiler/lower/lower.ts';
import { makeManifest } from '../../compiler/manifest/manifest.ts';
import { checkPolicy } from '../support/checking.ts';
import { linkPolicy } from '../support/policies/linked.ts';

const head = `policy p
context { time: Timestamp, at?: Timestamp }
window hours = Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-12-25
window others = 09:00..17:00 in "America/New_York"
`;

/** The bytes of data that the rules add to `without`. */
function compileRules(rules: string, without = 0) {
  const policy = checkPolicy(`${head}for any {\n${rules}\n}`);
  const ir = lower(policy);
  const manifest = makeManifest(policy, ir, { compiler: '0.0.0', sources: '' });
  const { data, responseBytes } = linkPolicy(policy, ir);
  // Each reason has 12 bytes in a table.
  const reasons = Math.ceil((ir.reasons.length * 12) / 16) * 16;
  return { manifest, bytes: data.bytes.length - responseBytes - reasons - without };
}

const plain = compileRules('permit ok when context.time > context.at');
const one = compileRules('permit ok when context.time in hours', plain.bytes);
const unzoned = compileRules('permit ok when context.at < context.time', plain.bytes);

test.for([
  'permit ok when context.time in hours',
  'narrow slow to { rows: 5 } or deny unless context.time in hours',
  'deny no because "on a {day}"',
  'score s { late counts 1 when time_of_day(context.time, "UTC") > 22:00\nfrom 1 deny }',
])('the manifest names the release: %s', (rule) => {
  const policy = checkPolicy(
    `${head}constraint rows: Int smallest wins\nfor any { let day = weekday(context.at, "UTC")\n${rule}\npermit ok otherwise }`,
  );
  const { time_zones } = makeManifest(policy, lower(policy), { compiler: '0.0.0', sources: '' });
  expect(time_zones).toBe('2026f');
});

test('without a rule that uses a zone, none is named or stored', () => {
  expect(unzoned.manifest).not.toHaveProperty('time_zones');
  expect(unzoned.bytes).toBe(0);
});

test('a zone takes about two kilobytes, a window 200 bytes, and each is stored once', () => {
  expect(one.bytes).toBeGreaterThan(1_900);
  expect(one.bytes).toBeLessThan(2_400);
  const twice = compileRules(
    'permit ok when context.time in hours\ndeny no when context.at in hours\npermit day when weekday(context.at, "Europe/Berlin") is Mon',
    plain.bytes,
  );
  expect(twice.bytes).toBeLessThan(one.bytes + 100);
  const two = compileRules(
    'permit ok when context.time in hours and context.time not in others',
    plain.bytes,
  );
  expect(two.bytes).toBeLessThan(2 * one.bytes + 200);
});
