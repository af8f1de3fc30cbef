# The workloads in Rego. P2 gets the weekday and the second of the day in UTC as input, because the builtins for times
# are not available in WebAssembly.
package bench

default p1 := false

p1 if {
	p1_permits
	not p1_denies
}

p1_permits if {
	input.subject.type == "agent"
	input.action.name == "tool.invoke"
	input.resource.properties.tool in input.subject.properties.scopes
	input.context.risk < 70
	input.subject.properties.environment == input.resource.properties.environment
}

p1_denies if input.context.credential_exposed

p1_denies if not input.context.geo in {"US", "DE", "FR", "GB"}

p1_denies if {
	startswith(input.action.name, "admin.")
	input.context.session.age > 900
}

default p2 := false

p2 if {
	input.subject.type == "ci"
	input.action.name == "secrets.read"
	input.context.change_ticket.status == "approved"
	startswith(input.subject.properties.spiffe, "spiffe://prod.example/ci/")
	input.weekday >= 1
	input.weekday <= 5
	input.second >= 32400
	input.second < 61200
	net.cidr_contains("10.0.0.0/8", input.context.ip)
}

default p3_action := false

p3_action if {
	rule := data.rules[input.action.name]
	rule.type == input.resource.type
	holds(rule)
}

default p3_attribute := false

p3_attribute if {
	input.action.name == "tool.invoke"
	holds(data.rules[input.resource.properties.owner])
}

default p3_cidr := false

p3_cidr if {
	input.action.name == "tool.invoke"
	some rule in data.rules
	net.cidr_contains(rule.network, input.subject.properties.address)
	holds(rule)
}

default p3_glob := false

p3_glob if {
	input.action.name == "tool.invoke"
	some rule in data.rules
	glob.match(rule.glob, ["/"], input.subject.properties.workload)
	holds(rule)
}

holds(rule) if {
	input.context.risk < rule.risk
	input.subject.properties.environment == input.resource.properties.environment
	rule.scope in input.subject.properties.scopes
}
