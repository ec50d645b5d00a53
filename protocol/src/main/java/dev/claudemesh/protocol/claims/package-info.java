/// Room claims: who is editing what. A claim says that a session works on the files that a glob
/// matches, for a while; it warns others and stops nobody.
///
/// Table: `claim`. Invariants: of two claims that some file could belong to, at least the later
/// one's maker is told, and the other's holder by an event; a claim ends with its lease, its
/// release, or its session.
package dev.claudemesh.protocol.claims;
