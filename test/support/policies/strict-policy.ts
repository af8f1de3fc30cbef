// A policy without exceptions for missing data: no `given`, `skip`, `else`, presence test, default or
// catch-all. It uses everything else, so that each operator shows that missing data restricts.

export const strictPolicy = `policy strict
enum Level { LOW < MEDIUM < HIGH }
subject agent {
  level?: Level
  active?: Bool
  scopes?: Set<String>
  id_of_owner?: SpiffeId
  credential: { expires_at: Timestamp, exposed?: Bool }
  actors?: List<{ name?: String, depth?: Int }>
}
action any { privilege?: Level, tool?: String, rows?: Int }
resource any { level?: Level, owner?: String, labels?: Set<String> }
context {
  time: Timestamp
  risk?: { level?: Level, score?: Int, observed_at?: Timestamp } fresh 5m
  granted?: Set<String>
  wait?: Duration
  count?: Int
}
table needs: (String, Level) -> Set<String> {
  ("read", LOW): { "r" }, ("read", HIGH): { "r", "h" }, ("write", LOW): { "w" }, ("write", HIGH): {}
}
constraint privilege: Level limits action.privilege
constraint rows: Int smallest wins
constraint labels: Set<String> intersects
constraint pause: Duration largest wins
obligation step_up { acr_value: String }
obligation tell: notification { to: String, body: String }

for agent {
  let needed = needs[action.tool, resource.level]
  permit known_need when needed within subject.scopes and not (subject.level < resource.level)
  permit owner when resource.owner in { "ann", "bob" } and context.risk.score < 5 or subject.active
    with tell { to: resource.owner, body: "read" }
  challenge not_granted when needed not within context.granted
    with step_up { acr_value: resource.owner }, tell { to: "audit", body: "asked" }
  challenge deep when any x in subject.actors satisfies x.depth > 2 and x.name is not "root"
  narrow medium when context.risk.level >= MEDIUM to { privilege: LOW, rows: context.count }
  narrow labelled when "pii" in resource.labels to { labels: { "pii", "eu" }, pause: context.wait }
    or deny unless subject.id_of_owner.trust_domain is "acme.example"
  narrow many when action.rows > context.count to { labels: resource.labels, rows: 10 }
    with tell { to: action.tool, body: "narrowed" }
  narrow told when subject.level < HIGH with tell { to: "audit", body: "narrowed" }
  deny inactive when not subject.active
  deny expired when context.time >= subject.credential.expires_at
  deny waits when age(context.risk.observed_at) > context.wait
  deny over when if subject.active then action.rows * 2 > 100 else context.count / action.rows > 3
  deny all_labels when all x in resource.labels satisfies x starts_with "p" implies x in subject.scopes
  revoke exposed when subject.credential.exposed
  revoke was_high when latest(context.risk.level) is HIGH and action.privilege is HIGH
  score odd {
    few counts 1 when size(subject.scopes intersect context.granted) < 1
    late counts 2 when context.risk.score + action.rows > 50
    strange counts 2 when resource.owner is not "ann" or lower(action.tool) is "write"
    from 2 narrow to { privilege: MEDIUM }
    from 3 challenge
    from 4 deny
    from 5 revoke
  }
}
`;
