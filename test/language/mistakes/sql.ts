// Mistakes of people who think in SQL.

import type { Mistake } from './mistake.ts';

export const sql: readonly Mistake[] = [
  {
    from: 'SQL',
    title: '`<>`',
    policy: `policy p
for any {
  permit ok when action.name <> "read"
}
`,
  },
  {
    from: 'SQL',
    title: '`SELECT … WHERE`',
    policy: `policy p
SELECT * FROM requests WHERE level > 5
`,
  },
  {
    from: 'SQL',
    title: '`WHERE` in a rule',
    policy: `policy p
context { level: Int }
for any {
  permit ok where context.level > 5
}
`,
  },
  {
    from: 'SQL',
    title: '`AND`, `OR`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when context.level > 5 AND action.name is "read"
}
`,
  },
  {
    from: 'SQL',
    title: '`NOT`',
    policy: `policy p
context { a?: Bool }
for any {
  permit ok when NOT context.a
}
`,
  },
  {
    from: 'SQL',
    title: '`NOT LIKE`',
    policy: `policy p
for any {
  permit ok when action.name NOT LIKE "fs.%"
}
`,
  },
  {
    from: 'SQL',
    title: '`like` with `%`',
    policy: `policy p
for any {
  permit ok when action.name LIKE 'fs.%'
}
`,
  },
  {
    from: 'SQL',
    title: '`IS NULL`',
    policy: `policy p
context { owner?: String }
for any {
  permit ok when context.owner IS NULL
}
`,
  },
  {
    from: 'SQL',
    title: '`is not null`',
    policy: `policy p
context { owner?: String }
for any {
  permit ok when context.owner is not null
}
`,
  },
  {
    from: 'SQL',
    title: '`BETWEEN`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when context.level BETWEEN 1 AND 5
}
`,
  },
  {
    from: 'SQL',
    title: '`IN (…)`',
    policy: `policy p
for any {
  permit ok when action.name in ("read", "list")
}
`,
  },
  {
    from: 'SQL',
    title: '`NOW()`',
    policy: `policy p
context { time: Timestamp, until?: Timestamp }
for any {
  permit ok when context.until > NOW()
}
`,
  },
  {
    from: 'SQL',
    title: '`COALESCE(…)`',
    policy: `policy p
context { level?: Int }
for any {
  permit ok when COALESCE(context.level, 3) > 2
}
`,
  },
  {
    from: 'SQL',
    title: '`EXISTS (…)`',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when exists(context.tags)
}
`,
  },
  {
    from: 'SQL',
    title: '`-- comment`',
    policy: `policy p
-- who may read
for any { permit ok otherwise }
`,
  },
  {
    from: 'SQL',
    title: '`GRANT`',
    policy: `policy p
GRANT read TO agent
`,
  },
  {
    from: 'SQL',
    title: '`CASE WHEN`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when CASE WHEN context.level > 5 THEN true ELSE false END
}
`,
  },
  {
    from: 'SQL',
    title: '`VARCHAR`',
    policy: `policy p
context { name?: VARCHAR }
for any { permit ok otherwise }
`,
  },
  {
    from: 'SQL',
    title: 'upper-case `TRUE`',
    policy: `policy p
context { a?: Bool }
for any {
  permit ok when context.a is TRUE
}
`,
  },
];
