package dev.claudemesh.broker.connection;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore.Membership;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.connection.ConnectionRequest.Attestation;
import dev.claudemesh.protocol.connection.ConnectionRequest.Hello;
import dev.claudemesh.protocol.connection.ConnectionRequest.SessionHello;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.groups.GroupPath;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Who may come in, and as what: the checks of a hello in their order, and whether somebody who
/// comes back is the same. Pure.
final class ConnectionRules {
  static final int PROTOCOL_VERSION = 1;
  static final List<String> CAPABILITIES =
      List.of(
          Capability.CLIENT_ACK,
          Capability.GROUP_E2E,
          Capability.RESUME,
          Capability.LARGE_FRAMES,
          Capability.ACK_MANY);

  /// The counters that are carried from one session of a member to the next.
  private static final List<String> CUMULATIVE =
      List.of("messagesIn", "messagesOut", "toolCalls", "errors");

  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final Duration MAX_ATTESTATION = Duration.ofHours(24);
  private static final Pattern SIGNATURE = Pattern.compile("[0-9a-fA-F]{128}");
  private static final Pattern UNPRINTABLE =
      Pattern.compile("\\p{Cntrl}|[\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

  private ConnectionRules() {}

  /// Checks the clock, the form and the signatures of a `hello`, in this order.
  ///
  /// @throws Problem `timestamp_skew`, `malformed`, `bad_session_pubkey` or `bad_signature`
  static Claim verify(Hello hello, Instant now) {
    checkClock(hello.timestamp(), now);
    if (!PublicKey.isKey(hello.pubkey())) {
      throw malformed("pubkey must be 64 lower-case hex characters");
    }
    checkSignatureForm(hello.signature());
    hello.sessionSignature().ifPresent(ConnectionRules::checkSignatureForm);
    PublicKey member = new PublicKey(hello.pubkey());
    Optional<PublicKey> session =
        hello.sessionPubkey().map(ConnectionRules::sessionKey).filter(key -> !key.equals(member));
    String text =
        Canonical.hello(hello.meshId(), hello.memberId(), hello.pubkey(), hello.timestamp());
    checkSignature(member, text, hello.signature());
    boolean proven = session.isPresent() && hello.sessionSignature().isPresent();
    if (proven) {
      checkSignature(session.get(), text, hello.sessionSignature().get());
    }
    return new Claim(
        hello.meshId(),
        hello.memberId(),
        member,
        session,
        proven || session.isEmpty(),
        false,
        text,
        proofExpiry(hello.timestamp()),
        displayName(hello.displayName()),
        new Peer.Client(
            hello.sessionId(),
            hello.pid(),
            hello.cwd(),
            hello.hostname(),
            hello.model(),
            hello.peerType(),
            hello.channel(),
            Set.copyOf(hello.capabilities().orElse(List.of())),
            heldTo(hello.permissions())),
        groups(hello.groups()),
        hello.purpose().orElse(Purpose.SESSION),
        hello.resumeToken(),
        hello.knownEpochs().orElse(List.of()));
  }

  /// Checks the clock, the form, the attestation and the signature of a `session_hello`, in this
  /// order.
  ///
  /// @throws Problem `timestamp_skew`, `malformed`, `bad_session_pubkey`, `bad_parent_pubkey`,
  ///   `attestation_mismatch`, `expired`, `ttl_too_long` or `bad_signature`
  static Claim verify(SessionHello hello, Instant now) {
    checkClock(hello.timestamp(), now);
    checkSignatureForm(hello.signature());
    PublicKey session = sessionKey(hello.sessionPubkey());
    if (!PublicKey.isKey(hello.parentMemberPubkey())) {
      throw rejected(
          ProblemCode.BAD_PARENT_PUBKEY, "parentMemberPubkey must be 64 lower-case hex characters");
    }
    PublicKey parent = new PublicKey(hello.parentMemberPubkey());
    checkAttestation(hello.parentAttestation(), parent, session, now);
    String text =
        Canonical.sessionHello(hello.meshId(), parent.hex(), session.hex(), hello.timestamp());
    checkSignature(session, text, hello.signature());
    return new Claim(
        hello.meshId(),
        hello.parentMemberId(),
        parent,
        Optional.of(session).filter(key -> !key.equals(parent)),
        true,
        true,
        text,
        proofExpiry(hello.timestamp()),
        displayName(hello.displayName()),
        new Peer.Client(
            hello.sessionId(),
            hello.pid(),
            hello.cwd(),
            hello.hostname(),
            hello.model(),
            hello.peerType(),
            hello.channel(),
            Set.copyOf(hello.capabilities().orElse(List.of())),
            heldTo(hello.permissions())),
        groups(hello.groups()),
        Purpose.SESSION,
        hello.resumeToken(),
        hello.knownEpochs().orElse(List.of()));
  }

  /// @throws Problem `invalid_request` if there is no such permission
  private static Optional<Set<String>> heldTo(Optional<List<String>> permissions) {
    Set<String> known = Permissions.OWNER.toMap().keySet();
    permissions.orElse(List.of()).stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(unknown -> {
          throw rejected(
              ProblemCode.INVALID_REQUEST,
              "\"permissions\" can name " + String.join(", ", known) + " and nothing else");
        });
    return permissions.map(Set::copyOf);
  }

  private static void checkAttestation(
      Attestation attestation, PublicKey parent, PublicKey session, Instant now) {
    if (!attestation.sessionPubkey().equals(session.hex())
        || !attestation.parentMemberPubkey().equals(parent.hex())) {
      throw rejected(
          ProblemCode.ATTESTATION_MISMATCH, "the attestation is about other keys than the hello");
    }
    double ahead = attestation.expiresAt() - now.toEpochMilli();
    if (!(ahead > 0)) {
      throw rejected(
          ProblemCode.EXPIRED, "the attestation is over; sign a new one for each connection");
    }
    if (ahead > MAX_ATTESTATION.toMillis()) {
      throw rejected(
          ProblemCode.TTL_TOO_LONG,
          "an attestation may be at most 24 hours ahead; sign a shorter one");
    }
    checkSignatureForm(attestation.signature());
    checkSignature(
        parent,
        Canonical.attestation(parent.hex(), session.hex(), attestation.expiresAt()),
        attestation.signature());
  }

  /// Checks who a claim makes its sender to be, after it was found genuine and fresh.
  ///
  /// @param membership empty if the key is no member's, or the mesh is archived
  /// @throws Problem `unauthorized`, `revoked`, `parent_member_id_mismatch` or
  ///   `session_key_unproven`
  static Member admit(Claim claim, Optional<Membership> membership, boolean compat) {
    Membership known =
        membership.orElseThrow(() ->
            rejected(
                ProblemCode.UNAUTHORIZED,
                "pubkey not found in mesh; join it again with a fresh invite"));
    if (known.revoked()) {
      throw rejected(
          ProblemCode.REVOKED,
          "this member was removed from the mesh; ask an admin to take it back");
    }
    if (!known.member().id().equals(claim.memberId())) {
      throw claim.vouched()
          ? rejected(
              ProblemCode.PARENT_MEMBER_ID_MISMATCH,
              "parentMemberId does not belong to parentMemberPubkey")
          : rejected(ProblemCode.UNAUTHORIZED, "memberId does not belong to pubkey");
    }
    if (!claim.sessionKeyProven() && !compat) {
      throw rejected(
          ProblemCode.SESSION_KEY_UNPROVEN,
          "send sessionSignature, the session key's signature over the same text");
    }
    return known.member();
  }

  static Problem sessionKeyTaken() {
    return rejected(
        ProblemCode.SESSION_KEY_TAKEN,
        "another member holds this session key; start with a new one");
  }

  /// Whether a claim by the same member, at the address of a peer that is still here, is that peer
  /// coming back: others see neither a leave nor a join. Otherwise the one who was here is
  /// replaced.
  ///
  /// @param tokenMatches whether it presented the token of that peer's last `hello_ack`
  static boolean resumes(Claim claim, Peer.Client before, boolean tokenMatches) {
    boolean keyProven = claim.sessionKey().isPresent() && claim.sessionKeyProven();
    return tokenMatches || keyProven || before.sessionId().equals(claim.client().sessionId());
  }

  /// Whether a peer that came back runs in the process it had; then what it had set since its first
  /// hello still holds.
  static boolean sameProcess(Peer.Client before, Peer.Client now) {
    return before.pid() == now.pid() && before.hostname().equals(now.hostname());
  }

  /// The groups a peer starts in: what its hello names, else what the member's last session had,
  /// else what admins set for the member.
  static List<GroupRole> groups(
      List<GroupRole> named, List<GroupRole> restored, List<GroupRole> defaults) {
    return !named.isEmpty() ? named : !restored.isEmpty() ? restored : defaults;
  }

  /// Counters of a member after a session ended, given those of earlier sessions and those this
  /// session reported since its hello.
  static Map<String, Long> accumulate(Map<String, Long> earlier, Map<String, Long> reported) {
    Map<String, Long> sum = new LinkedHashMap<>();
    for (String counter : CUMULATIVE) {
      long added = Math.max(0, reported.getOrDefault(counter, 0L));
      long total = earlier.getOrDefault(counter, 0L) + added;
      sum.put(counter, total < 0 ? Long.MAX_VALUE : total);
    }
    return sum;
  }

  private static void checkClock(double timestamp, Instant now) {
    double skew = Math.abs(now.toEpochMilli() - timestamp);
    if (!(skew <= SKEW.toMillis())) {
      throw rejected(
          ProblemCode.TIMESTAMP_SKEW,
          "the clocks differ by more than a minute; set this machine's clock");
    }
  }

  private static void checkSignatureForm(String signature) {
    if (!SIGNATURE.matcher(signature).matches()) {
      throw malformed("a signature must be 128 hex characters");
    }
  }

  private static void checkSignature(PublicKey key, String text, String signature) {
    if (!Keys.verify(key, text, signature)) {
      throw rejected(
          ProblemCode.BAD_SIGNATURE,
          "the signature is not by " + key.brief() + " over the expected text");
    }
  }

  private static PublicKey sessionKey(String hex) {
    if (!PublicKey.isKey(hex)) {
      throw rejected(
          ProblemCode.BAD_SESSION_PUBKEY, "sessionPubkey must be 64 lower-case hex characters");
    }
    return new PublicKey(hex);
  }

  private static Instant proofExpiry(double timestamp) {
    return Instant.ofEpochMilli((long) timestamp).plus(SKEW).plusSeconds(1);
  }

  private static Optional<String> displayName(Optional<String> given) {
    return given
        .map(name -> UNPRINTABLE.matcher(name).replaceAll("").strip())
        .filter(name -> !name.isEmpty());
  }

  private static List<GroupRole> groups(Optional<List<GroupRole>> given) {
    Map<String, GroupRole> byPath = new LinkedHashMap<>();
    for (GroupRole group : given.orElse(List.of())) {
      GroupPath path =
          GroupPath.parse(group.name())
              .orElseThrow(() ->
                  new Problem(
                      ProblemCode.INVALID_REQUEST,
                      "groups: a group is named by " + GroupPath.FORM));
      byPath.put(path.path(), new GroupRole(path.path(), group.role()));
    }
    return List.copyOf(byPath.values());
  }

  private static Problem malformed(String what) {
    return rejected(ProblemCode.MALFORMED, what);
  }

  static Problem rejected(ProblemCode code, String why) {
    return new Problem(code, "hello rejected: " + code.wireName() + ": " + why);
  }
}
