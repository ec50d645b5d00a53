package dev.claudemesh.broker.claims;

/// Who claims: a session, or a member who runs a command outside of any.
///
/// @param address the session's key, or the member's
/// @param name what others see
record Holder(String meshId, String memberId, String address, String name) {}
