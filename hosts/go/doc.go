// Package nhipol loads policies that were compiled by nhipol, a policy language for runtime authorization of non-human
// identities, and decides requests with them.
//
// A compiled policy is a WebAssembly module without imports. Load checks it once; a [Policy] then decides AuthZEN evaluation
// requests: in JSON with [Policy.DecideJSON], in Go values with [Policy.Decide], and from JSON to the JSON of an AuthZEN
// response with [Policy.DecideResponse]. All of them are safe for concurrent use: a policy has a pool of instances of its
// module, each of which decides one request at a time.
//
// A decision never fails and never panics. An [Answer] after a failure is a deny, and [Answer.Fault] describes the failure.
// Other functions return errors of three types: [LoadError], [TableError] and [SessionError].
//
// [Policy.LoadTable] fills the external tables of a policy. A policy that was compiled with --sessions has sessions, which
// change by facts, signals and time: see [Policy.Sessions].
package nhipol
