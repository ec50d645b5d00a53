/// Room members: who belongs to a mesh, what they may do, and whom they listen to.
///
/// Tables: `member`, `permission`. Invariants: grants are keyed by member key and checked when a
/// message is accepted and again when it is handed out; a removed member's connections end at once.
package dev.claudemesh.protocol.members;
