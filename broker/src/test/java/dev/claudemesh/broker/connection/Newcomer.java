package dev.claudemesh.broker.connection;

import dev.claudemesh.protocol.connection.ConnectionRequest.Attestation;
import dev.claudemesh.protocol.connection.ConnectionRequest.Hello;
import dev.claudemesh.protocol.connection.ConnectionRequest.SessionHello;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Somebody who says hello, well or badly. Each `with` gives a copy that differs in one thing.
record Newcomer(
    String meshId,
    String memberId,
    SecretKey member,
    Optional<SecretKey> session,
    boolean proves,
    String sessionId,
    int pid,
    Optional<String> name,
    List<GroupRole> groups,
    List<String> capabilities,
    Purpose purpose,
    Optional<String> resumeToken) {

  static Newcomer of(String meshId, String memberId, SecretKey member) {
    return new Newcomer(
        meshId,
        memberId,
        member,
        Optional.of(Keys.generate()),
        true,
        "session-" + Keys.generate().publicKey().brief(),
        4711,
        Optional.empty(),
        List.of(),
        List.of("client_ack", "resume"),
        Purpose.SESSION,
        Optional.empty());
  }

  Newcomer withSession(Optional<SecretKey> session, boolean proves) {
    return new Newcomer(
        meshId,
        memberId,
        member,
        session,
        proves,
        sessionId,
        pid,
        name,
        groups,
        capabilities,
        purpose,
        resumeToken);
  }

  Newcomer withMember(String memberId, SecretKey member) {
    return new Newcomer(
        meshId,
        memberId,
        member,
        session,
        proves,
        sessionId,
        pid,
        name,
        groups,
        capabilities,
        purpose,
        resumeToken);
  }

  Newcomer withSessionId(String sessionId) {
    return new Newcomer(
        meshId,
        memberId,
        member,
        session,
        proves,
        sessionId,
        pid,
        name,
        groups,
        capabilities,
        purpose,
        resumeToken);
  }

  Newcomer withPid(int pid) {
    return new Newcomer(
        meshId,
        memberId,
        member,
        session,
        proves,
        sessionId,
        pid,
        name,
        groups,
        capabilities,
        purpose,
        resumeToken);
  }

  Newcomer withName(String name) {
    return new Newcomer(
        meshId,
        memberId,
        member,
        session,
        proves,
        sessionId,
        pid,
        Optional.of(name),
        groups,
        capabilities,
        purpose,
        resumeToken);
  }

  Newcomer withGroups(String... names) {
    List<GroupRole> roles =
        Stream.of(names).map(group -> new GroupRole(group, Optional.empty())).toList();
    return new Newcomer(
        meshId,
        memberId,
        member,
        session,
        proves,
        sessionId,
        pid,
        name,
        roles,
        capabilities,
        purpose,
        resumeToken);
  }

  Newcomer withCapabilities(List<String> capabilities) {
    return new Newcomer(
        meshId,
        memberId,
        member,
        session,
        proves,
        sessionId,
        pid,
        name,
        groups,
        capabilities,
        purpose,
        resumeToken);
  }

  Newcomer withPurpose(Purpose purpose) {
    return new Newcomer(
        meshId,
        memberId,
        member,
        session,
        proves,
        sessionId,
        pid,
        name,
        groups,
        capabilities,
        purpose,
        resumeToken);
  }

  Newcomer withResumeToken(String token) {
    return new Newcomer(
        meshId,
        memberId,
        member,
        session,
        proves,
        sessionId,
        pid,
        name,
        groups,
        capabilities,
        purpose,
        Optional.of(token));
  }

  String address() {
    return session.orElse(member).publicKey().hex();
  }

  Hello hello(Instant at) {
    return hello((double) at.toEpochMilli());
  }

  Hello hello(double timestamp) {
    String text = Canonical.hello(meshId, memberId, member.publicKey().hex(), timestamp);
    return new Hello(
        meshId,
        memberId,
        member.publicKey().hex(),
        session.map(key -> key.publicKey().hex()),
        session.filter(key -> proves).map(key -> Keys.sign(key, text)),
        name,
        sessionId,
        pid,
        "/home/dev/project",
        Optional.of("host"),
        Optional.empty(),
        Optional.of("ai"),
        Optional.of("claude-code"),
        Optional.of(groups),
        Optional.of(1),
        Optional.of(capabilities),
        Optional.of(purpose),
        resumeToken,
        Optional.empty(),
        timestamp,
        Keys.sign(member, text),
        Optional.empty());
  }

  /// @param attested until when the member vouches
  SessionHello sessionHello(Instant at, Instant attested) {
    double timestamp = at.toEpochMilli();
    String parent = member.publicKey().hex();
    SecretKey key = session.orElseThrow();
    double expiresAt = attested.toEpochMilli();
    Attestation attestation =
        new Attestation(
            key.publicKey().hex(),
            parent,
            expiresAt,
            Keys.sign(member, Canonical.attestation(parent, key.publicKey().hex(), expiresAt)));
    return sessionHello(timestamp, attestation);
  }

  SessionHello sessionHello(double timestamp, Attestation attestation) {
    SecretKey key = session.orElseThrow();
    String parent = member.publicKey().hex();
    String text = Canonical.sessionHello(meshId, parent, key.publicKey().hex(), timestamp);
    return new SessionHello(
        meshId,
        memberId,
        parent,
        key.publicKey().hex(),
        attestation,
        name,
        sessionId,
        pid,
        "/home/dev/project",
        Optional.of("host"),
        Optional.empty(),
        Optional.of("ai"),
        Optional.of("claude-code"),
        Optional.of(groups),
        Optional.of(1),
        Optional.of(capabilities),
        resumeToken,
        Optional.empty(),
        timestamp,
        Keys.sign(key, text),
        Optional.empty(),
        Optional.empty());
  }
}
