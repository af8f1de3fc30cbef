// The names that expressions of the table can use, and the request for which they are evaluated.

import { functionDeclarations } from './functions.ts';

/** The instant of evaluation of every row. */
const now = '2026-03-03T10:00:00Z';

/** Each is bound to its own name, without `context` before it. */
const members = `
  p?: Bool
  q?: Bool
  n?: Int
  m?: Int
  s?: String
  t?: String
  level?: Level
  limit?: Level
  mood?: Mood
  tone?: Tone
  grade: Level = LOW
  open: Bool = false
  tries: Int = 3
  tags: Set<String> = {}
  names?: Set<String>
  others?: Set<String>
  numbers?: Set<Int>
  levels?: Set<Level>
  ids?: Set<SpiffeId>
  queue?: List<Int>
  price?: Decimal
  fee?: Decimal
  sums?: Set<Decimal>
  score?: Int(0..100)
  step: Int(-5..5) = 0
  above?: Int(1..)
  share: Decimal(0..1) = 0.5
  parts?: Int(0..1_000_000)
  scores?: Set<Int(0..100)>
  people?: List<Person>
  id?: SpiffeId
  addr?: Ip
  peer?: Ip
  addrs?: Set<Ip>
  net?: Cidr
  subnet?: Cidr
  nets?: Set<Cidr>
  hops?: List<Ip>
  begin?: Timestamp
  end?: Timestamp
  epoch?: Timestamp in seconds
  wait?: Duration
  pause?: Duration
  risk?: { level?: Level, score: Int = 0, seen: Bool = false, observed_at?: Timestamp } fresh 5m
  session?: { owner?: String, tag: String = "none", scopes: Set<String> = {}, at?: Timestamp }
  box?: { mark?: Int, marks?: Map<String, Int>, seal?: { mark?: Int, observed_at?: Timestamp } fresh 1m, observed_at?: Timestamp } fresh 5m
  pairs?: Map<String, String>
  grades?: Map<String, Level>
  notes: Map<String, String> = {}
  crew?: Map<String, { age?: Int, size: Int = 1, pass?: { number?: Int, observed_at?: Timestamp } fresh 5m }>
  events?: { "session-revoked"?: {} }
`;

export const declarations = `policy meaning
enum Level { LOW < MEDIUM < HIGH }
enum Mood { calm, cross }
enum Tone { soft, loud, else loud }
record Person { name?: String, age?: Int, pass?: { number?: Int, observed_at?: Timestamp } fresh 5m }
table prices: String -> Int { "tea": 2, "cake": 5 }
table labels: Int -> String { 1: "one", -1: "minus one" }
table fares: Decimal -> Decimal { 1.5: 0.25, -2: 10 }
table quotas: String -> Int(0..100) { "tea": 100, "cake": 7 }
table stops: Level -> Bool { HIGH: true, LOW: false }
table rights: (String, Level) -> Set<String> { ("ann", LOW): { "read" }, ("ann", HIGH): {}, ("bob", LOW): { "read", "write" } }
table sites: Ip -> String { 10.0.0.1: "office", "::1": "here" }
table zones: Cidr -> Set<Cidr> { 10.0.0.0/8: { 10.1.0.0/16, "2001:db8::/32" } }
const staff = { "ann", "bob" }
const most = 9_223_372_036_854_775_807
window office = Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-12-24..2027-01-01
window nights = 22:00..06:00 in "Europe/Berlin" except 2026-05-01
window split = Mon, Wed 09:00..12:00, 13:00..17:00, Sat..Sun 10:00..24:00 in "UTC"
window patch_days = 2nd Tue 18:00..20:00, last Fri 00:00..24:00 in "America/New_York"
window fifths = 5th Mon 00:00..24:00 in "UTC"
window weekend = Fri..Mon 00:00..24:00 in "Asia/Kathmandu"
window small_hours = 02:00..03:00 in "Europe/Berlin"
window half_hours = 01:30..02:00 in "Australia/Lord_Howe"
window midnights = 00:00..01:00 in "America/Havana"
window fridays = Fri 00:00..24:00 in "Pacific/Apia"
window holidays = during 18 Dec..4 Jan in "Europe/Berlin" except 2026-12-24
window lent = Mon..Fri 22:00..06:00 during 1 Feb..29 Feb, 31 Oct in "UTC"
window nights_in_apia = Fri 22:00..06:00 in "Pacific/Apia"
window ever = 00:00..24:00 in "US/Eastern"
subject agent { owner?: String }
action any { privilege?: Level }
resource any { owner?: String }
context { time: Timestamp ${members} }
${functionDeclarations}`;

const names = [...members.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name);

export const lets = names.map((name) => `let ${name} = context.${name}\n`).join('');

export function request(context: string): string {
  return `{
    "subject": { "type": "agent", "id": "agent-1", "properties": { "owner": "ann" } },
    "action": { "name": "pay" },
    "resource": { "type": "bill", "id": "bill-1" },
    "context": { "time": "${now}"${context === '' ? '' : `, ${context}`} }
  }`;
}
