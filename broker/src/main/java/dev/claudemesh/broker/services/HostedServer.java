package dev.claudemesh.broker.services;

import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// An MCP server that a member lends to the mesh.
///
/// @param boxed whether its host opens encrypted calls
/// @param host who answers calls
/// @param offlineSince since when that one is away
record HostedServer(
    String meshId,
    String name,
    String memberId,
    String description,
    List<ToolOffer> tools,
    boolean persistent,
    boolean boxed,
    Host host,
    Instant registeredAt,
    Optional<Instant> offlineSince) {

  /// The session that answers calls.
  ///
  /// @param name what others see
  /// @param address its key, hex
  record Host(String name, String address, String presenceId) {}

  /// The same, hosted by another from now on.
  HostedServer at(Host another) {
    return new HostedServer(
        meshId,
        name,
        memberId,
        description,
        tools,
        persistent,
        boxed,
        another,
        registeredAt,
        Optional.empty());
  }
}
