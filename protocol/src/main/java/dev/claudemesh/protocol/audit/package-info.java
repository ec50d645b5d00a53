/// Room audit: what was changed on a mesh, by whom and when, in a chain that shows when somebody
/// changed it afterwards.
///
/// Tables: `audit_log`, `audit_head`. Invariants: one chain a mesh, whoever writes; each entry's
/// hash covers the one before; an operation that is audited is answered only after its entry was
/// committed; nothing is ever removed.
package dev.claudemesh.protocol.audit;
