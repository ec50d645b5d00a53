package dev.claudemesh.protocol.client;

/// Whom a message goes to, resolved.
///
/// @param spec what goes on the wire: a key, `@group` or `*`
/// @param label for people: the name that was found, or the spec itself
public record Target(String spec, Kind kind, String label) {
  /// What was found under a name.
  public enum Kind {
    /// One session.
    SESSION,
    /// A member, in whichever of its sessions is free.
    MEMBER,
    /// Everyone in a group.
    GROUP,
    /// Everyone.
    EVERYONE,
    /// A key that is not among the peers and members we know of; the broker decides.
    KEY
  }
}
