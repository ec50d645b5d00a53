package dev.claudemesh.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore.Membership;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.ConnectionRequest.Attestation;
import dev.claudemesh.protocol.connection.ConnectionRequest.Hello;
import dev.claudemesh.protocol.connection.ConnectionRequest.SessionHello;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ConnectionRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final SecretKey MEMBER = Keys.generate();
  private static final Newcomer ANNA = Newcomer.of("mesh", "anna", MEMBER);

  @Test
  void a_good_hello_is_who_it_says() {
    Claim claim = ConnectionRules.verify(ANNA.withName("  Anna\u202e\n ").hello(NOW), NOW);

    assertThat(claim.address().hex()).isEqualTo(ANNA.address());
    assertThat(claim.memberKey()).isEqualTo(MEMBER.publicKey());
    assertThat(claim.sessionKeyProven()).isTrue();
    assertThat(claim.displayName()).contains("Anna");
    assertThat(claim.proofExpiry()).isAfter(NOW.plusSeconds(60));
  }

  @Test
  void a_hello_more_than_a_minute_off_is_refused_before_anything_else_is_looked_at() {
    Hello forged = with(ANNA.hello(NOW), "signature", "?");
    assertThat(code(() -> ConnectionRules.verify(forged, NOW.plusSeconds(61))))
        .isEqualTo(ProblemCode.TIMESTAMP_SKEW);
    assertThat(code(() -> ConnectionRules.verify(forged, NOW.minusSeconds(61))))
        .isEqualTo(ProblemCode.TIMESTAMP_SKEW);
    DoubleStream.of(Double.NaN, Double.POSITIVE_INFINITY, -1, 1e300)
        .forEach(timestamp ->
            assertThat(code(() -> ConnectionRules.verify(at(timestamp), NOW)))
                .isEqualTo(ProblemCode.TIMESTAMP_SKEW));
    ConnectionRules.verify(ANNA.hello(NOW), NOW.plusSeconds(60));
  }

  @Test
  void keys_and_signatures_of_the_wrong_form_are_malformed() {
    Hello good = ANNA.hello(NOW);
    Stream.of(
            with(good, "pubkey", good.pubkey().toUpperCase(java.util.Locale.ROOT)),
            with(good, "pubkey", ""),
            with(good, "signature", good.signature().substring(1)),
            with(good, "sessionSignature", "zz"))
        .forEach(hello ->
            assertThat(code(() -> ConnectionRules.verify(hello, NOW)))
                .isEqualTo(ProblemCode.MALFORMED));
    assertThat(code(() -> ConnectionRules.verify(with(good, "sessionPubkey", "AB"), NOW)))
        .isEqualTo(ProblemCode.BAD_SESSION_PUBKEY);
  }

  @Test
  void a_signature_over_anything_else_is_bad() {
    Hello good = ANNA.hello(NOW);
    Hello other = ANNA.hello(NOW.plusMillis(1));
    Stream.of(
            with(good, "meshId", "another"),
            with(good, "memberId", "bert"),
            with(good, "pubkey", Keys.generate().publicKey().hex()),
            with(good, "signature", other.signature()),
            with(good, "sessionSignature", other.sessionSignature().orElseThrow()),
            with(good, "sessionSignature", good.signature()))
        .forEach(hello ->
            assertThat(code(() -> ConnectionRules.verify(hello, NOW)))
                .isEqualTo(ProblemCode.BAD_SIGNATURE));
  }

  @Test
  void a_session_key_that_is_the_member_key_is_none() {
    Claim claim =
        ConnectionRules.verify(ANNA.withSession(Optional.of(MEMBER), true).hello(NOW), NOW);
    assertThat(claim.sessionKey()).isEmpty();
    assertThat(claim.address()).isEqualTo(MEMBER.publicKey());
  }

  @Test
  void a_group_that_nobody_could_address_is_refused() {
    assertThat(code(() -> ConnectionRules.verify(ANNA.withGroups("a b").hello(NOW), NOW)))
        .isEqualTo(ProblemCode.INVALID_REQUEST);
    assertThat(ConnectionRules.verify(ANNA.withGroups("@a", "a", "b/c").hello(NOW), NOW).groups())
        .map(GroupRole::name)
        .containsExactly("a", "b/c");
  }

  @Test
  void a_session_the_member_vouches_for_needs_no_secret_of_the_member() {
    Claim claim =
        ConnectionRules.verify(ANNA.sessionHello(NOW, NOW.plus(Duration.ofHours(24))), NOW);
    assertThat(claim.sessionKeyProven()).isTrue();
    assertThat(claim.vouched()).isTrue();
    assertThat(claim.memberKey()).isEqualTo(MEMBER.publicKey());
  }

  @Test
  void an_attestation_must_be_the_members_about_these_keys_and_neither_over_nor_too_long() {
    SessionHello good = ANNA.sessionHello(NOW, NOW.plusSeconds(60));
    Attestation attested = good.parentAttestation();
    assertThat(code(() -> verify(ANNA.sessionHello(NOW, NOW)))).isEqualTo(ProblemCode.EXPIRED);
    assertThat(
            code(
                () -> verify(ANNA.sessionHello(NOW, NOW.plus(Duration.ofHours(24)).plusMillis(1)))))
        .isEqualTo(ProblemCode.TTL_TOO_LONG);
    Attestation longer =
        new Attestation(
            attested.sessionPubkey(),
            attested.parentMemberPubkey(),
            attested.expiresAt() + 1,
            attested.signature());
    assertThat(code(() -> verify(ANNA.sessionHello(NOW.toEpochMilli(), longer))))
        .isEqualTo(ProblemCode.BAD_SIGNATURE);
    Newcomer other = ANNA.withSession(Optional.of(Keys.generate()), true);
    assertThat(code(() -> verify(other.sessionHello(NOW.toEpochMilli(), attested))))
        .isEqualTo(ProblemCode.ATTESTATION_MISMATCH);
    Newcomer stranger = ANNA.withMember("anna", Keys.generate());
    assertThat(code(() -> verify(stranger.sessionHello(NOW.toEpochMilli(), attested))))
        .isEqualTo(ProblemCode.ATTESTATION_MISMATCH);
    Attestation unformed =
        new Attestation(
            attested.sessionPubkey(), attested.parentMemberPubkey(), attested.expiresAt(), "x");
    assertThat(code(() -> verify(ANNA.sessionHello(NOW.toEpochMilli(), unformed))))
        .isEqualTo(ProblemCode.MALFORMED);
  }

  @Test
  void who_is_no_member_or_no_member_any_more_stays_out() {
    Claim claim = ConnectionRules.verify(ANNA.hello(NOW), NOW);
    assertThat(code(() -> ConnectionRules.admit(claim, Optional.empty(), false)))
        .isEqualTo(ProblemCode.UNAUTHORIZED);
    assertThat(
            code(() ->
                ConnectionRules.admit(
                    claim, Optional.of(new Membership(member("anna"), true, true)), false)))
        .isEqualTo(ProblemCode.REVOKED);
    assertThat(
            ConnectionRules.admit(
                    claim, Optional.of(new Membership(member("anna"), false, false)), false)
                .id())
        .isEqualTo("anna");
  }

  @Test
  void memberId_unchecked_no_more() {
    Optional<Membership> bert = Optional.of(new Membership(member("bert"), false, false));
    Claim claim = ConnectionRules.verify(ANNA.hello(NOW), NOW);
    assertThat(code(() -> ConnectionRules.admit(claim, bert, true)))
        .isEqualTo(ProblemCode.UNAUTHORIZED);
    Claim vouched = ConnectionRules.verify(ANNA.sessionHello(NOW, NOW.plusSeconds(60)), NOW);
    assertThat(code(() -> ConnectionRules.admit(vouched, bert, false)))
        .isEqualTo(ProblemCode.PARENT_MEMBER_ID_MISMATCH);
  }

  @Test
  void sessionPubkey_unproven_no_more() {
    Optional<Membership> anna = Optional.of(new Membership(member("anna"), false, false));
    Claim claim = ConnectionRules.verify(ANNA.withSession(ANNA.session(), false).hello(NOW), NOW);
    assertThat(code(() -> ConnectionRules.admit(claim, anna, false)))
        .isEqualTo(ProblemCode.SESSION_KEY_UNPROVEN);
    assertThat(ConnectionRules.admit(claim, anna, true).id()).isEqualTo("anna");
  }

  @Test
  void who_comes_back_is_the_same_by_key_by_token_or_by_session_id() {
    Claim proven = ConnectionRules.verify(ANNA.hello(NOW), NOW);
    Claim unproven =
        ConnectionRules.verify(ANNA.withSession(ANNA.session(), false).hello(NOW), NOW);
    Claim other =
        ConnectionRules.verify(
            ANNA.withSession(ANNA.session(), false).withSessionId("other").hello(NOW), NOW);
    assertThat(ConnectionRules.resumes(proven, other.client(), false)).isTrue();
    assertThat(ConnectionRules.resumes(unproven, proven.client(), false)).isTrue();
    assertThat(ConnectionRules.resumes(other, proven.client(), true)).isTrue();
    assertThat(ConnectionRules.resumes(other, proven.client(), false)).isFalse();
  }

  @Test
  void groups_come_from_the_hello_else_from_last_time_else_from_the_admins() {
    List<GroupRole> a = List.of(new GroupRole("a", Optional.empty()));
    List<GroupRole> b = List.of(new GroupRole("b", Optional.empty()));
    List<GroupRole> c = List.of(new GroupRole("c", Optional.empty()));
    assertThat(ConnectionRules.groups(a, b, c)).isEqualTo(a);
    assertThat(ConnectionRules.groups(List.of(), b, c)).isEqualTo(b);
    assertThat(ConnectionRules.groups(List.of(), List.of(), c)).isEqualTo(c);
  }

  @Test
  void counters_add_up_and_neither_shrink_nor_overflow() {
    Map<String, Long> sum =
        ConnectionRules.accumulate(
            Map.of("messagesIn", 5L, "errors", Long.MAX_VALUE),
            Map.of("messagesIn", 2L, "errors", 1L, "toolCalls", -3L, "uptime", 60L));
    assertThat(sum)
        .isEqualTo(
            Map.of("messagesIn", 7L, "messagesOut", 0L, "toolCalls", 0L, "errors", Long.MAX_VALUE));
  }

  private static Claim verify(SessionHello hello) {
    return ConnectionRules.verify(hello, NOW);
  }

  private static Member member(String id) {
    return new Member(
        id, "mesh", "mesh", MEMBER.publicKey(), "Anna", false, false, Permissions.MEMBER);
  }

  private static Hello at(double timestamp) {
    ObjectNode changed = Wire.tree(ANNA.hello(NOW), Optional.empty());
    changed.put("timestamp", timestamp);
    return Wire.convert("hello", changed, Hello.class);
  }

  private static Hello with(Hello hello, String field, String value) {
    ObjectNode changed = Wire.tree(hello, Optional.empty());
    changed.put(field, value);
    return Wire.convert("hello", changed, Hello.class);
  }

  private static ProblemCode code(ThrowingCallable call) {
    Problem problem = Assertions.catchThrowableOfType(Problem.class, call);
    assertThat(problem).isNotNull();
    return problem.code();
  }
}
