/// Room groups: which groups a peer is in. The rule of who is reached stands in the protocol's
/// `GroupPath`, for both sides.
///
/// Tables: `presence.groups`, `peer_state.groups`. Invariant: a group somebody joined holds for
/// their next session too, and for mail to the group while they are away.
package dev.claudemesh.broker.groups;
