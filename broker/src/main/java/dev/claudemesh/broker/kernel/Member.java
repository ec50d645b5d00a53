package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.crypto.PublicKey;

/// A member as the front door and the rooms need them: read at the hello or for each signed call,
/// and again when an admin changes it.
public record Member(
    String id,
    String meshId,
    String meshSlug,
    PublicKey key,
    String displayName,
    boolean admin,
    boolean owner,
    Permissions permissions) {}
