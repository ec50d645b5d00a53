package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.connection.Purpose;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// What a client tells others about itself when it connects.
///
/// @param displayName name of this session; the member's name if empty
/// @param sessionId Claude Code's session id, else one of the client's own
/// @param groups groups of this session; those stored for the member if empty
/// @param purpose whether others see this client, and which messages reach it
/// @param permissions of the member's permissions, those this client is held to; all if empty
public record HelloDetails(
    Optional<String> displayName,
    String sessionId,
    int pid,
    String cwd,
    Optional<String> hostname,
    Optional<String> model,
    Optional<String> peerType,
    Optional<String> channel,
    Optional<List<GroupRole>> groups,
    Purpose purpose,
    Optional<List<String>> permissions) {
  /// The environment's list of permissions, separated by commas.
  public static final String PERMISSIONS = "CLAUDEMESH_PERMISSIONS";

  /// A client that has all its member's permissions.
  public HelloDetails(
      Optional<String> displayName,
      String sessionId,
      int pid,
      String cwd,
      Optional<String> hostname,
      Optional<String> model,
      Optional<String> peerType,
      Optional<String> channel,
      Optional<List<GroupRole>> groups,
      Purpose purpose) {
    this(
        displayName,
        sessionId,
        pid,
        cwd,
        hostname,
        model,
        peerType,
        channel,
        groups,
        purpose,
        Optional.empty());
  }

  /// This process, without a name, a model or groups of its own.
  public static HelloDetails ofThisProcess(Purpose purpose) {
    return new HelloDetails(
        Optional.empty(),
        "cli-" + UUID.randomUUID(),
        (int) ProcessHandle.current().pid(),
        System.getProperty("user.dir", ""),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        purpose);
  }

  public HelloDetails named(String name) {
    return new HelloDetails(
        Optional.of(name),
        sessionId,
        pid,
        cwd,
        hostname,
        model,
        peerType,
        channel,
        groups,
        purpose,
        permissions);
  }

  public HelloDetails inSession(String id) {
    return new HelloDetails(
        displayName,
        id,
        pid,
        cwd,
        hostname,
        model,
        peerType,
        channel,
        groups,
        purpose,
        permissions);
  }

  /// The same, held to what a list such as `canSend,canWriteState` names; an empty one names none.
  public HelloDetails heldTo(Optional<String> list) {
    return new HelloDetails(
        displayName,
        sessionId,
        pid,
        cwd,
        hostname,
        model,
        peerType,
        channel,
        groups,
        purpose,
        list.map(text ->
            Stream.of(text.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList()));
  }
}
