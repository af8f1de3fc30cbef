// Mistakes of people who think in CEL.

import type { Mistake } from './mistake.ts';

export const cel: readonly Mistake[] = [
  {
    from: 'CEL',
    title: '`&&`, `||` and `!`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when !(context.level > 5) && action.name == "read"
}
`,
  },
  {
    from: 'CEL',
    title: '`has(x.y)`',
    policy: `policy p
context { level?: Int }
for any {
  permit ok when has(context.level)
}
`,
  },
  {
    from: 'CEL',
    title: '`a ? b : c`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when context.level > 5 ? true : false
}
`,
  },
  {
    from: 'CEL',
    title: "`'text'`",
    policy: `policy p
for any {
  permit ok when action.name == 'read'
}
`,
  },
  {
    from: 'CEL',
    title: "`is 'text'`",
    policy: `policy p
for any {
  permit ok when action.name is 'read'
}
`,
  },
  {
    from: 'CEL',
    title: '`size` as a method',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when context.tags.size() > 1
}
`,
  },
  {
    from: 'CEL',
    title: '`.startsWith(…)`',
    policy: `policy p
for any {
  permit ok when action.name.startsWith("fs.")
}
`,
  },
  {
    from: 'CEL',
    title: '`.matches(…)`',
    policy: `policy p
for any {
  permit ok when action.name.matches("fs.*")
}
`,
  },
  {
    from: 'CEL',
    title: '`.exists(x, …)`',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when context.tags.exists(t, t == "a")
}
`,
  },
  {
    from: 'CEL',
    title: '`.all(x, …)`',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when context.tags.all(t, t == "a")
}
`,
  },
  {
    from: 'CEL',
    title: '`timestamp("…")`',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok when context.time < timestamp("2026-12-31T00:00:00Z")
}
`,
  },
  {
    from: 'CEL',
    title: '`.getHours()`',
    policy: `policy p
context { time: Timestamp }
for any {
  permit ok when context.time.getHours("Europe/Berlin") >= 9
}
`,
  },
  {
    from: 'CEL',
    title: '`now`',
    policy: `policy p
context { time: Timestamp, seen?: Timestamp }
for any {
  permit ok when now - context.seen < 5m
}
`,
  },
  {
    from: 'CEL',
    title: '`null`',
    policy: `policy p
context { owner?: String }
for any {
  permit ok when context.owner == null
}
`,
  },
  {
    from: 'CEL',
    title: '`x != null`',
    policy: `policy p
context { owner?: String }
for any {
  permit ok when context.owner != null
}
`,
  },
  {
    from: 'CEL',
    title: '`list[0]`',
    policy: `policy p
context { names: List<String> = [] }
for any {
  permit ok when context.names[0] is "a"
}
`,
  },
  {
    from: 'CEL',
    title: '`string(x)`',
    policy: `policy p
context { level?: Int }
for any {
  permit ok when string(context.level) is "5"
}
`,
  },
  {
    from: 'CEL',
    title: '`request.auth`',
    policy: `policy p
for any {
  permit ok when request.subject.id is "a"
}
`,
  },
  {
    from: 'CEL',
    title: 'map type',
    policy: `policy p
context { labels?: map<string, string> }
for any { permit ok otherwise }
`,
  },
];
