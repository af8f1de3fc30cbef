// The declarations of every generated program: those that its fixed parts need, and for each kind of
// value a table, a limit and a signal.

export const typeText = `enum Level { LOW < MEDIUM < HIGH }
enum Kind { plain, "odd one", other, else other }
record Item { name?: String, size: Int = 1, cost?: Decimal(0..100), marks?: Set<Int(0..9)>, level?: Level, tags?: Set<String>, rows?: List<List<Int(0..9)>> }
`;

export const entities = `subject agent { on?: Bool, scopes: Set<String> = { "a" }, age_limit?: Duration, id_doc: { issued?: Timestamp, kind?: Kind } }
subject job { on?: Bool, scopes: Set<String> = { "a" }, age_limit?: Duration, extra: Int, past: List<Item> = [] }
action any { level?: Level, tags?: Set<String>, args?: { note?: String, size?: Int, inner?: { level?: Level } } }
action "act.run" { level?: Level, tags?: Set<String>, amount?: Int, steps: List<{ id: Int, at?: Timestamp }>, args?: { size: Int, kind?: Kind, inner?: { flag: Bool = false, level?: Level, names?: Set<String> } } }
resource any { label?: String, count: Int = 3, properties.type?: String }
resource door { label?: String, count: Int = 3, properties.type?: String, colour?: Kind }
actions runs = { "act.run", glob"*.r?n" }
resources doors = { glob"do*", "big box" }
`;

/** Each of them can be declared as an external table instead. */
export const tables = `table scopes: String -> Set<String> { "a": { "x", "y" }, "prod": {}, "ä": { "prod" } }
table weights: (String, Level) -> Int { ("a", LOW): 1, ("a", HIGH): 9, ("prod", MEDIUM): -4 }
table flags: Int -> Bool { 5: true, 0: false }
table sites: Ip -> Cidr { 10.0.0.1: 10.0.0.0/24, ::1: 2001:db8::/32 }
table zones: (Cidr, String) -> Set<Ip> { (10.0.0.0/8, "a"): { 10.0.0.1, ::1 }, (::/0, "prod"): {} }
table fees: Decimal -> Decimal { 0.5: 0.25, 1: 12.5, -2.000001: 3 }
table quotas: String -> Int(0..100) { "a": 100, "prod": 7 }
table ends: (Bool, Duration) -> Timestamp { (true, 5m): 2026-03-03T10:00:00Z, (false, 0s): 2026-03-03T09:55:00Z }
table homes: SpiffeId -> SpiffeId { "spiffe://prod.example/ns/a": "spiffe://a.example/x" }
table grades: Kind -> Level { plain: LOW, other: HIGH }
table slots: Timestamp -> Duration { 2026-03-03T10:00:00Z: 5m }
`;

export const constants = `const few = 2 + 1
const soon = 5m
const usual = { "a", "prod" }
const home = 10.0.0.0/8
`;

export const bounds = `constraint level: Level limits action.level or lower
constraint tags: Set<String> limits action.tags or lower
constraint breadth: Set<String> limits action.tags or lower
constraint size: Int limits action.args.size or lower
constraint effort: Int limits context.step or lower
constraint fee: Decimal limits context.rate or lower
constraint wait: Duration limits context.d or lower
constraint digits: Set<Int> limits context.ints or lower
constraint cap: Int limits context.j
constraint rows: Int smallest wins
constraint share: Int(1..50) largest wins
constraint budget: Decimal smallest wins
constraint places: Set<Int(0..9)> intersects
constraint pause: Duration largest wins
constraint hosts: Set<String> intersects
constraint mode: String must agree
constraint egress: Ip must agree
constraint networks: Set<Cidr> intersects
constraint most: Level largest wins
constraint same: Set<Int> must agree
constraint stop: Timestamp smallest wins
constraint dry: Bool must agree
constraint worker: SpiffeId must agree
obligation step_up { acr_value: String, amr_values?: Set<String>, max_age: Duration = 5m }
obligation tell: notification { to: String, body: String }
obligation end: session_termination { subject: String }
obligation ask: access_request { template?: String, expires_in: Duration = 10m, display?: Level }
obligation mark: custom { level?: Level, lines: Int = 1, levels?: Set<Level>, at?: Timestamp, on?: Bool, addr?: Ip, nets?: Set<Cidr> }
`;

/** The declarations that they read; a decision has an amount that cannot be negative. */
export const eventDeclarations = `signals { ping: { s?: String, n: Int(0..9) = 1, level?: Level, tags?: Set<String> }, "pong now": {} }
outcomes { done: { rows: Int(0..1_000) = 1, fee?: Decimal(0.0..), source?: Kind } }
`;
