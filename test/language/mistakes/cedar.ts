// Mistakes of people who think in Cedar.

import type { Mistake } from './mistake.ts';

export const cedar: readonly Mistake[] = [
  {
    from: 'Cedar',
    title: '`permit (principal, action, resource)`',
    policy: `policy p
permit (principal, action, resource);
`,
  },
  {
    from: 'Cedar',
    title: '`permit(…) when { … };`',
    policy: `policy p
permit (principal, action, resource)
when { context.level > 5 };
`,
  },
  {
    from: 'Cedar',
    title: '`forbid`',
    policy: `policy p
context { level: Int }
for any {
  permit ok otherwise
  forbid no when context.level > 5
}
`,
  },
  {
    from: 'Cedar',
    title: '`unless { … }`',
    policy: `policy p
context { level: Int }
for any {
  permit ok otherwise
  deny no unless { context.level > 5 }
}
`,
  },
  {
    from: 'Cedar',
    title: '`unless` after a rule',
    policy: `policy p
context { level: Int }
for any {
  permit ok otherwise
  deny no unless context.level > 5
}
`,
  },
  {
    from: 'Cedar',
    title: '`when { … }`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when { context.level > 5 }
}
`,
  },
  {
    from: 'Cedar',
    title: '`principal`',
    policy: `policy p
for any {
  permit ok when principal.id is "a"
}
`,
  },
  {
    from: 'Cedar',
    title: '`resource.attr has`',
    policy: `policy p
context { level?: Int }
for any {
  permit ok when context has level and context.level > 5
}
`,
  },
  {
    from: 'Cedar',
    title: '`like`',
    policy: `policy p
for any {
  permit ok when action.name like "fs.*"
}
`,
  },
  {
    from: 'Cedar',
    title: '`.contains(…)`',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when context.tags.contains("a")
}
`,
  },
  {
    from: 'Cedar',
    title: '`.containsAll(…)`',
    policy: `policy p
context { tags: Set<String> = {}, more: Set<String> = {} }
for any {
  permit ok when context.tags.containsAll(context.more)
}
`,
  },
  {
    from: 'Cedar',
    title: '`.containsAny(…)`',
    policy: `policy p
context { tags: Set<String> = {}, more: Set<String> = {} }
for any {
  permit ok when context.tags.containsAny(context.more)
}
`,
  },
  {
    from: 'Cedar',
    title: '`User::"alice"`',
    policy: `policy p
for any {
  permit ok when subject is User::"alice"
}
`,
  },
  {
    from: 'Cedar',
    title: '`ip("…").isInRange(…)`',
    policy: `policy p
context { ip?: Ip }
for any {
  permit ok when context.ip.isInRange(ip("10.0.0.0/8"))
}
`,
  },
  {
    from: 'Cedar',
    title: '`duration("5m")`',
    policy: `policy p
context { time: Timestamp, seen?: Timestamp }
for any {
  permit ok when age(context.seen) < duration("5m")
}
`,
  },
  {
    from: 'Cedar',
    title: '`datetime("…")`',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok when context.time > datetime("2026-01-01T00:00:00Z")
}
`,
  },
  {
    from: 'Cedar',
    title: '`principal in Group::"ops"`',
    policy: `policy p
for any {
  permit ok when principal in Group::"ops"
}
`,
  },
  {
    from: 'Cedar',
    title: '`@id("x")`',
    policy: `policy p
@id("x")
for any { permit ok otherwise }
`,
  },
  {
    from: 'Cedar',
    title: '`.lessThan(…)`',
    policy: `policy p
context { amount?: Decimal }
for any {
  permit ok when context.amount.lessThan(5.0)
}
`,
  },
  {
    from: 'Cedar',
    title: '`entity`',
    policy: `policy p
entity User { team?: String };
for any { permit ok otherwise }
`,
  },
  {
    from: 'Cedar',
    title: '`action == Action::"read"`',
    policy: `policy p
for any {
  permit ok when action == Action::"read"
}
`,
  },
  {
    from: 'Cedar',
    title: '`resource == Doc::"d1"`',
    policy: `policy p
for any {
  permit ok when resource == Doc::"d1"
}
`,
  },
];
