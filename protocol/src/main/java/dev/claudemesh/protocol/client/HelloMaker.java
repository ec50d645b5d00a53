package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.connection.ConnectionRequest.Hello;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Writes the first frame of each connection: who we are, signed by the member's key and by the
/// session's.
final class HelloMaker {
  private static final int PROTOCOL_VERSION = 1;
  private static final List<String> CAPABILITIES =
      List.of(
          Capability.CLIENT_ACK, Capability.GROUP_E2E, Capability.RESUME, Capability.LARGE_FRAMES);

  /// A clock that jumps back further than this was wrong before, and is believed now.
  private static final long SMALL_STEP_MILLIS = 10_000;

  private final Identity identity;
  private final HelloDetails details;
  private final Keyring keyring;
  private final InstantSource clock;
  private long last;

  HelloMaker(Identity identity, HelloDetails details, Keyring keyring, InstantSource clock) {
    this.identity = identity;
    this.details = details;
    this.keyring = keyring;
    this.clock = clock;
  }

  /// A signature is accepted once, so no two hellos bear the same millisecond.
  Hello make(Optional<String> resumeToken) {
    long now = clock.millis();
    long timestamp = now < last - SMALL_STEP_MILLIS ? now : Math.max(last + 1, now);
    last = timestamp;
    String pubkey = identity.memberKey().hex();
    String signed = Canonical.hello(identity.meshId(), identity.memberId(), pubkey, timestamp);
    return new Hello(
        identity.meshId(),
        identity.memberId(),
        pubkey,
        identity.session().map(key -> key.publicKey()).map(PublicKey::hex),
        identity.session().map(key -> Keys.sign(key, signed)),
        details.displayName(),
        details.sessionId(),
        details.pid(),
        details.cwd(),
        details.hostname(),
        details.model(),
        details.peerType(),
        details.channel(),
        details.groups(),
        Optional.of(PROTOCOL_VERSION),
        Optional.of(CAPABILITIES),
        Optional.of(details.purpose()),
        resumeToken,
        Optional.of(keyring.epochs()),
        timestamp,
        Keys.sign(identity.member(), signed),
        details.permissions());
  }
}
