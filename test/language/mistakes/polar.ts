// Mistakes of people who think in Polar.

import type { Mistake } from './mistake.ts';

export const polar: readonly Mistake[] = [
  {
    from: 'Polar',
    title: '`allow(actor, action, resource) if`',
    policy: `policy p
allow(actor, "read", resource) if actor.id = "a";
`,
  },
  {
    from: 'Polar',
    title: '`actor`',
    policy: `policy p
for any {
  permit ok when actor.id is "a"
}
`,
  },
  {
    from: 'Polar',
    title: '`=` in a condition',
    policy: `policy p
for any {
  permit ok when action.name = "read"
}
`,
  },
  {
    from: 'Polar',
    title: '`matches` with a type',
    policy: `policy p
for any {
  permit ok when subject matches Agent
}
`,
  },
  {
    from: 'Polar',
    title: '`if` in a rule',
    policy: `policy p
context { level: Int }
for any {
  permit ok if context.level > 5
}
`,
  },
  {
    from: 'Polar',
    title: '`has_role(…)`',
    policy: `policy p
for any {
  permit ok when has_role(subject, "owner", resource)
}
`,
  },
  {
    from: 'Polar',
    title: '`;` after a rule',
    policy: `policy p
context { level: Int }
for any {
  permit ok when context.level > 5;
  deny no when context.level > 9;
}
`,
  },
  {
    from: 'Polar',
    title: '`actor User {}`',
    policy: `policy p
actor User {}
for any { permit ok otherwise }
`,
  },
  {
    from: 'Polar',
    title: '`test "…" { setup … assert … }`',
    policy: `policy p
subject agent {}
action read {}
resource doc {}
for any { permit ok otherwise }
test "a" {
  assert allow("a", "read", "b");
}
`,
  },
  {
    from: 'Polar',
    title: '`or` as `|`',
    policy: `policy p
context { a?: Bool, b?: Bool }
for any {
  permit ok when context.a | context.b
}
`,
  },
];
