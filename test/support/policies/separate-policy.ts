// A policy in which every rule reads members and has edges of its own, so that the contribution of one
// rule to `read` and `valid_until` of an answer cannot be hidden by another.

export const separatePolicy = `policy separate
enum Mode { off, idle, quiet, on }
enum Level { LOW < HIGH }
subject agent {}
action any { level: Level = LOW }
context {
  time: Timestamp
  first?: { mode: Mode = on, until?: Timestamp }
  second?: { mode: Mode = on, until?: Timestamp }
  listed?: { tags: Set<String> = {}, observed_at?: Timestamp } fresh 1h
  slow?: { mode: Mode = off, since?: Timestamp, ttl: Duration = 60s }
  few?: { mode: Mode = off, until?: Timestamp }
  ask?: { mode: Mode = off, since?: Timestamp, acr: String = "gold" }
  confirm?: { mode: Mode = off }
  stopped?: { mode: Mode = off }
  ended?: { mode: Mode = off, at?: Timestamp }
  quick?: { mode: Mode = off }
  late?: { mode: Mode = off, at?: Timestamp }
}
table needed: String -> String { "gold": "phr", "a": "mfa" }
constraint level: Level limits action.level
constraint ttl: Duration smallest wins
obligation step_up { acr_value: String }
window office = Mon..Fri 09:00..17:00 in "Europe/Berlin" except 2026-03-04

for agent {
  permit first when context.first.mode is not off and context.time < context.first.until
  permit second when context.second.mode is not off and context.time <= context.second.until
  permit listed when any x in context.listed.tags satisfies x is "a"
  narrow slow when context.slow.mode is on and age(context.slow.since) > 1m to { ttl: context.slow.ttl }
  narrow few when context.few.mode is on to { level: LOW } or deny unless context.time < context.few.until
  challenge ask when context.ask.mode is on and context.time >= context.ask.since
    with step_up { acr_value: needed[context.ask.acr] }
  challenge confirm when context.confirm.mode is on
  deny stopped when context.stopped.mode is on and context.time not in office
  revoke ended when context.ended.mode is on and context.time >= context.ended.at
  score odd {
    quick counts 1 when context.quick.mode is on
    late counts 1 when context.late.mode is on and age(context.late.at) > 5m
    from 1 narrow to { ttl: 5m }
    from 2 challenge
  }
}
`;
