package dev.claudemesh.protocol.client;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/// Something that happened on the mesh: `peer_joined`, `peer_left`, `profile_updated` and the like.
/// Never stored, never confirmed.
public record News(String event, JsonNode data, Instant at) {}
