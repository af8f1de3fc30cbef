// Mistakes of people who think in JavaScript.

import type { Mistake } from './mistake.ts';

export const javascript: readonly Mistake[] = [
  {
    from: 'JavaScript',
    title: '`===`',
    policy: `policy p
for any {
  permit ok when action.name === "read"
}
`,
  },
  {
    from: 'JavaScript',
    title: '`!==`',
    policy: `policy p
for any {
  permit ok when action.name !== "read"
}
`,
  },
  {
    from: 'JavaScript',
    title: '`??`',
    policy: `policy p
context { level?: Int }
for any {
  permit ok when (context.level ?? 3) > 2
}
`,
  },
  {
    from: 'JavaScript',
    title: '`?.`',
    policy: `policy p
context { risk?: { level?: Int } }
for any {
  permit ok when context.risk?.level is 5
}
`,
  },
  {
    from: 'JavaScript',
    title: '`=>`',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when context.tags.some(t => t === "a")
}
`,
  },
  {
    from: 'JavaScript',
    title: '`.length`',
    policy: `policy p
for any {
  permit ok when action.name.length > 5
}
`,
  },
  {
    from: 'JavaScript',
    title: '`.size`',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when context.tags.size > 5
}
`,
  },
  {
    from: 'JavaScript',
    title: '`.length` of a list',
    policy: `policy p
context { names: List<String> = [] }
for any {
  permit ok when context.names.length > 5
}
`,
  },
  {
    from: 'JavaScript',
    title: '`.includes(…)`',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when context.tags.includes("a")
}
`,
  },
  {
    from: 'JavaScript',
    title: '`.toLowerCase()`',
    policy: `policy p
for any {
  permit ok when action.name.toLowerCase() is "read"
}
`,
  },
  {
    from: 'JavaScript',
    title: '`const x = 5;`',
    policy: `policy p
const most = 5;
for any { permit ok when most > 4 }
`,
  },
  {
    from: 'JavaScript',
    title: '`let` in a file with `var`',
    policy: `policy p
var most = 5
for any { permit ok otherwise }
`,
  },
  {
    from: 'JavaScript',
    title: '`if (…) { … }`',
    policy: `policy p
context { level: Int }
for any {
  if (context.level > 5) {
    permit ok
  }
}
`,
  },
  {
    from: 'JavaScript',
    title: '`return`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when context.level > 5
  return false
}
`,
  },
  {
    from: 'JavaScript',
    title: '`function f(x) { … }`',
    policy: `policy p
function big(n) { return n > 5 }
for any { permit ok when big(6) }
`,
  },
  {
    from: 'JavaScript',
    title: '`undefined`',
    policy: `policy p
context { owner?: String }
for any {
  permit ok when context.owner is undefined
}
`,
  },
  {
    from: 'JavaScript',
    title: '`/* comment */`',
    policy: `policy p
/* who may read */
for any { permit ok otherwise }
`,
  },
  {
    from: 'JavaScript',
    title: 'template string',
    policy: `policy p
context { level: Int }
for any {
  deny no because \`level \${context.level}\`
}
`,
  },
  {
    from: 'JavaScript',
    title: '`+` joins strings',
    policy: `policy p
for any {
  deny no because "subject " + subject.id
}
`,
  },
  {
    from: 'JavaScript',
    title: '`typeof`',
    policy: `policy p
context { level: Int }
for any {
  permit ok when typeof context.level is "Int"
}
`,
  },
  {
    from: 'JavaScript',
    title: '`string` as a type',
    policy: `policy p
context { name?: string }
for any { permit ok otherwise }
`,
  },
  {
    from: 'JavaScript',
    title: '`number` as a type',
    policy: `policy p
context { level?: number }
for any { permit ok otherwise }
`,
  },
  {
    from: 'JavaScript',
    title: '`boolean` as a type',
    policy: `policy p
context { a?: boolean }
for any { permit ok otherwise }
`,
  },
  {
    from: 'JavaScript',
    title: '`String[]`',
    policy: `policy p
context { tags?: String[] }
for any { permit ok otherwise }
`,
  },
  {
    from: 'JavaScript',
    title: '`new Date()`',
    policy: `policy p
context { time: Timestamp, until?: Timestamp }
for any {
  permit ok when context.until > new Date()
}
`,
  },
  {
    from: 'JavaScript',
    title: '`/regex/`',
    policy: `policy p
for any {
  permit ok when action.name matches /fs.*/
}
`,
  },
  {
    from: 'JavaScript',
    title: '`a in b.c` of a member',
    policy: `policy p
context { level?: Int }
for any {
  permit ok when "level" in context
}
`,
  },
  {
    from: 'JavaScript',
    title: '`true && …` as `&`',
    policy: `policy p
context { a?: Bool, b?: Bool }
for any {
  permit ok when context.a & context.b
}
`,
  },
  {
    from: 'JavaScript',
    title: '`==` for sets',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when context.tags == { "a" }
}
`,
  },
  {
    from: 'JavaScript',
    title: '`export`',
    grade: 'B',
    policy: `policy p
export function ok() { return true }
for any { permit ok otherwise }
`,
  },
  {
    from: 'JavaScript',
    title: '`"level" in context`, negated',
    policy: `policy p
context { level?: Int }
for any {
  permit ok when not ("level" in context)
}
`,
  },
];
