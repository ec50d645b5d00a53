/// Room claims: who edits what. Nothing is blocked: claims that meet are told to both sides.
///
/// Table: `claim`. Invariants: a claim is committed before those of others are looked at, so of two
/// that meet at least one side sees the other and tells it; a claim ends with its lease, its
/// release, its session or its member.
package dev.claudemesh.broker.claims;
