/// Room groups: named sets of peers. A group is a path; `@a` reaches `@a/b`.
///
/// Tables: `presence.groups`, `member.default_groups`, `peer_state.groups`. Invariant: one resolver
/// decides recipients, live and queued alike.
package dev.claudemesh.protocol.groups;
