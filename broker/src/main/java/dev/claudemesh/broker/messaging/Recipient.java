package dev.claudemesh.broker.messaging;

/// Whom one copy of a message is for.
///
/// @param key a session key, or a member key, which means any one session of that member
record Recipient(String key, String memberId) {}
