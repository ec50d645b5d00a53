/// Room contexts: what each session works on and has found out, for others who work near it.
///
/// Table: `context`. Invariants: what one session tells never replaces what another session of the
/// same member told; a member has a bounded number of them, and the oldest give way.
package dev.claudemesh.broker.contexts;
