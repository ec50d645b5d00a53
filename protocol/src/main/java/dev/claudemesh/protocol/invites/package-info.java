/// Room invites: how a newcomer becomes a member.
///
/// Tables: `invite`, `member`. Invariants: a use is taken atomically; a key that is already a
/// member takes none; no secret is ever in a link (v1 links of old clients excepted, which carry
/// the mesh key because that version does).
package dev.claudemesh.protocol.invites;
