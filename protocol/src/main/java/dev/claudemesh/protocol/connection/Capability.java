package dev.claudemesh.protocol.connection;

/// Names in the `capabilities` of `hello` and `hello_ack`. A side uses only what both named.
public final class Capability {
  /// The client confirms each message by `client_ack`; without it, a message counts as delivered
  /// once its bytes were flushed.
  public static final String CLIENT_ACK = "client_ack";

  /// The client encrypts group and broadcast bodies under the mesh's epoch key.
  public static final String GROUP_E2E = "group_e2e";

  /// The client keeps the `resumeToken` and presents it when it comes back.
  public static final String RESUME = "resume";

  /// Frames up to 1 MiB instead of 64 KiB.
  public static final String LARGE_FRAMES = "large_frames";

  /// The broker takes `brokerMessageIds` in a `client_ack`: one frame confirms several messages.
  /// Only the broker names it.
  public static final String ACK_MANY = "ack_many";

  private Capability() {}
}
