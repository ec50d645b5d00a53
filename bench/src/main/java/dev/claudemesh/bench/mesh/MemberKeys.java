package dev.claudemesh.bench.mesh;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.connection.ConnectionRequest.Hello;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.util.List;
import java.util.Optional;

/// A member of a mesh, who can open sessions.
public record MemberKeys(String meshId, String memberId, SecretKey key) {
  /// Several `client_ack` in one, where the broker says it too.
  static final String ACK_MANY = "ack_many";

  private static final List<String> CAPABILITIES =
      List.of(Capability.CLIENT_ACK, Capability.GROUP_E2E, Capability.RESUME, ACK_MANY);

  /// A new session of this member.
  public Seat seat(String name, List<String> groups) {
    return new Seat(this, Keys.generate(), name, groups);
  }

  /// A session that can connect.
  public record Seat(MemberKeys member, SecretKey session, String name, List<String> groups) {
    /// What others send to.
    String address() {
      return session.publicKey().hex();
    }

    /// Signs a hello. A signature is accepted once, and may be a minute off: each hello of a member
    /// needs a millisecond of its own.
    byte[] hello(long timestamp) {
      String key = member.key.publicKey().hex();
      String signed = Canonical.hello(member.meshId, member.memberId, key, timestamp);
      Hello hello =
          new Hello(
              member.meshId,
              member.memberId,
              key,
              Optional.of(address()),
              Optional.of(Keys.sign(session, signed)),
              Optional.of(name),
              "bench-" + session.publicKey().brief(),
              (int) ProcessHandle.current().pid(),
              "/bench",
              Optional.empty(),
              Optional.empty(),
              Optional.of("ai"),
              Optional.of("bench"),
              Optional.of(
                  groups.stream().map(group -> new GroupRole(group, Optional.empty())).toList()),
              Optional.of(1),
              Optional.of(CAPABILITIES),
              Optional.of(Purpose.SESSION),
              Optional.empty(),
              Optional.empty(),
              timestamp,
              Keys.sign(member.key, signed),
              Optional.empty());
      return Wire.encode(hello, Optional.empty());
    }

    /// Without keys.
    @Override
    public String toString() {
      return "Seat[member=" + member + ", name=" + name + "]";
    }
  }

  /// Without the key.
  @Override
  public String toString() {
    return "MemberKeys[meshId=" + meshId + ", memberId=" + memberId + "]";
  }
}
