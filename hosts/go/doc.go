// Package nhipol loads policies that were compiled by nhipol, a policy language for runtime authorization of non-human
// identities, and decides requests with them.
//
// A compiled policy is a WebAssembly module without imports. Load checks it once; a [Policy] then answers AuthZEN evaluation
// requests, from JSON with [Policy.Decide], and from Go values with [Policy.DecideValue]. Both are safe for use by many
// goroutines: a policy keeps a pool of instances of its module, and each decides one request at a time.
//
// Deciding never fails and never panics. An [Answer] that something went wrong with is a deny, whose [Answer.Fault] says what.
// Everything else gives errors of three types: [LoadError], [TableError] and [SessionError].
//
// A policy whose tables are external has them filled by [Policy.LoadTable]. One that was compiled with --sessions holds live
// sessions, which change by facts, signals and time: see [Policy.Sessions].
package nhipol
