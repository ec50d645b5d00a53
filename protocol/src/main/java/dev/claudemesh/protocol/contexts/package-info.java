/// Room contexts: what each session works on and has found out, for others who work near it.
///
/// Table: `context`. Invariant: what one session tells never replaces what another session of the
/// same member told.
package dev.claudemesh.protocol.contexts;
