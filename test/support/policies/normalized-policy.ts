// A policy whose selectors and tests determine all of its answers, some of which need explaining.

export const normalizedPolicy = `policy test.settled version "1"
subject agent { environment: String, scopes: Set<String> }
resource tool { name: String, environment?: String }
action "tool.invoke" { dry_run: Bool = false }
context {
  risk?: Int
  geo?: String
  exposed: Bool = false
  session: { age: Duration }
}
for agent doing "tool.invoke" on tool {
  permit in_scope when resource.name in subject.scopes and subject.environment is resource.environment
  challenge risky when context.risk >= 70 because "a risk of {context.risk}"
}
for any {
  deny elsewhere when context.geo not in { "US", "DE" }, if unknown skip
  deny old when action.name starts_with "admin." and context.session.age > 900s
  revoke exposed when context.exposed
}
`;
