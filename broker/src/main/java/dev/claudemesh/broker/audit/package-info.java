/// Room audit: what was changed on a mesh, by whom and when, in a chain that shows when somebody
/// changed it afterwards.
///
/// Tables: `audit_log`, `audit_head`. Invariants: one chain a mesh, also when several brokers
/// write; an operation that is audited is answered after its entry was committed; messages,
/// arrivals and departures are written within a second, messages of one sender to one target
/// counted together.
package dev.claudemesh.broker.audit;
