// Mistakes of people who think in Rego.

import type { Mistake } from './mistake.ts';

export const rego: readonly Mistake[] = [
  {
    from: 'Rego',
    title: '`allow` for `permit`',
    policy: `policy p
for any {
  allow ok if subject.id == "a"
}
`,
  },
  {
    from: 'Rego',
    title: '`allow` with braces',
    policy: `policy p
allow { input.subject.id == "a" }
`,
  },
  {
    from: 'Rego',
    title: '`allow if { … }` at top level',
    policy: `policy p
allow if {
  input.subject.id == "a"
}
`,
  },
  {
    from: 'Rego',
    title: '`package`',
    policy: `package acme.tools
for any { permit ok otherwise }
`,
  },
  {
    from: 'Rego',
    title: '`import`',
    policy: `policy p
import data.lib
for any { permit ok otherwise }
`,
  },
  {
    from: 'Rego',
    title: '`import rego.v1`',
    grade: 'B',
    policy: `policy p
import rego.v1
for any { permit ok otherwise }
`,
  },
  {
    from: 'Rego',
    title: '`default allow := false`',
    grade: 'B',
    policy: `policy p
default allow := false
for any { permit ok otherwise }
`,
  },
  {
    from: 'Rego',
    title: '`input.` before a member',
    policy: `policy p
for any {
  permit ok when input.action.name is "read"
}
`,
  },
  {
    from: 'Rego',
    title: '`data.` before a table',
    policy: `policy p
table levels: String -> Int { "a": 1, "b": 0 }
for any {
  permit ok when data.levels[subject.id] > 0
}
`,
  },
  {
    from: 'Rego',
    title: '`:=` in a rule',
    policy: `policy p
for any {
  let n := 5
  permit ok when n > 4
}
`,
  },
  {
    from: 'Rego',
    title: '`# comment`',
    policy: `policy p
# who may read
for any { permit ok otherwise }
`,
  },
  {
    from: 'Rego',
    title: '`some x in`',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when some t in context.tags
}
`,
  },
  {
    from: 'Rego',
    title: '`every x in … { … }`',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when every t in context.tags { t starts_with "a" }
}
`,
  },
  {
    from: 'Rego',
    title: '`x[_]`',
    grade: 'B',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when context.tags[_] is "a"
}
`,
  },
  {
    from: 'Rego',
    title: '`["a", "b"]`',
    policy: `policy p
for any {
  permit ok when action.name in ["read", "list"]
}
`,
  },
  {
    from: 'Rego',
    title: '`deny contains msg`',
    grade: 'B',
    policy: `policy p
context { level: Int }
for any {
  deny contains msg if { context.level > 5 }
}
`,
  },
  {
    from: 'Rego',
    title: '`deny[msg]`',
    policy: `policy p
context { level: Int }
for any {
  deny[msg] { context.level > 5 }
}
`,
  },
  {
    from: 'Rego',
    title: '`startswith(…)`',
    policy: `policy p
for any {
  permit ok when startswith(action.name, "fs.")
}
`,
  },
  {
    from: 'Rego',
    title: '`count(…)` of a collection',
    policy: `policy p
context { tags: Set<String> = {} }
for any {
  permit ok when count(context.tags) > 3
}
`,
  },
  {
    from: 'Rego',
    title: '`regex.match(…)`',
    policy: `policy p
for any {
  permit ok when regex.match("^fs", action.name)
}
`,
  },
  {
    from: 'Rego',
    title: '`glob.match(…)`',
    grade: 'B',
    policy: `policy p
for any {
  permit ok when glob.match("fs.*", [], action.name)
}
`,
  },
  {
    from: 'Rego',
    title: '`time.now_ns()`',
    policy: `policy p
context { time: Timestamp, until?: Timestamp }
for any {
  permit ok when context.until > time.now_ns()
}
`,
  },
  {
    from: 'Rego',
    title: '`net.cidr_contains(…)`',
    policy: `policy p
context { ip?: Ip }
for any {
  permit ok when net.cidr_contains("10.0.0.0/8", context.ip)
}
`,
  },
  {
    from: 'Rego',
    title: '`object.get(…)`',
    grade: 'B',
    policy: `policy p
context { level?: Int }
for any {
  permit ok when object.get(context, "level", 3) > 2
}
`,
  },
  {
    from: 'Rego',
    title: '`not x` for "missing"',
    policy: `policy p
context { owner?: String }
for any {
  permit ok otherwise
  deny none when not context.owner
}
`,
  },
  {
    from: 'Rego',
    title: '`with input as`',
    grade: 'B',
    policy: `policy p
subject agent {}
action read {}
resource doc {}
for any { permit ok when subject.id is "a" }
test "a" {
  allow with input as { "subject": { "id": "a" } }
}
`,
  },
  {
    from: 'Rego',
    title: '`else := `',
    grade: 'B',
    policy: `policy p
context { level: Int }
for any {
  permit ok when context.level > 5
  else := false
}
`,
  },
  {
    from: 'Rego',
    title: 'set union with `|`',
    grade: 'B',
    policy: `policy p
context { tags: Set<String> = {}, more: Set<String> = {} }
for any {
  permit ok when "a" in (context.tags | context.more)
}
`,
  },
  {
    from: 'Rego',
    title: '`sprintf(…)` in a reason',
    policy: `policy p
for any {
  deny no because sprintf("%v", [subject.id])
}
`,
  },
  {
    from: 'Rego',
    title: 'a body of two statements',
    policy: `policy p
context { level: Int }
for any {
  permit ok when {
    context.level > 5
    action.name == "read"
  }
}
`,
  },
];
