package dev.claudemesh.broker.invites;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteCode;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.SignedInvite;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/// What anybody who has a link may ask: `GET /api/public/invites/:code`, and the claim beside it.
@Timeout(60)
class PublicInviteTest {
  private static TestBroker broker;
  private static HttpClient http;
  private static TestMember ana;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
    http = HttpClient.newHttpClient();
    ana = broker.mesh("Public");
  }

  @AfterAll
  static void stop() {
    http.close();
    broker.close();
  }

  /// A new invite for one newcomer.
  private static String invite() {
    long end = broker.clock().instant().plus(Duration.ofDays(7)).getEpochSecond();
    SignedInvite invite =
        new SignedInvite(
            SignedInvite.BY_OWNER, ana.meshId(), Ids.next(), end, "member", ana.key().publicKey());
    String code = InviteCode.generate();
    try (BrokerHttp calls = new BrokerHttp(broker.wsUrl())) {
      calls.call(
          new InviteRequest.Create(
              Optional.of(invite.inviteId()),
              Optional.of(code),
              Optional.of(invite.version()),
              Optional.empty(),
              Optional.of(invite.sign(ana.key())),
              Optional.empty(),
              Optional.of("member"),
              Optional.of(end),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty()),
          Optional.of(ana.key()),
          Map.of("mesh", ana.meshId()));
    }
    return code;
  }

  private static HttpResponse<String> preview(String code) {
    return send(HttpRequest.newBuilder(at("/api/public/invites/" + code)).build());
  }

  private static HttpResponse<String> claim(String code, String body) {
    return send(
        HttpRequest.newBuilder(at("/api/public/invites/" + code + "/claim"))
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private static URI at(String path) {
    return URI.create(broker.httpUrl() + path);
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static ObjectNode newcomer(String code) {
    SecretKey key = Keys.generate();
    String recipient = Keys.x25519Public(key);
    long now = broker.clock().millis();
    return Wire.mapper()
        .createObjectNode()
        .put("recipient_x25519_pubkey", recipient)
        .put("peer_pubkey", key.publicKey().hex())
        .put("signature", Keys.sign(key, Canonical.claim(code, recipient, now)))
        .put("timestamp", now)
        .put("display_name", "Ben");
  }

  @Test
  void the_offer_is_told_to_whoever_has_the_code_with_no_key_in_it() {
    String code = invite();
    HttpResponse<String> offer = preview(code);
    assertThat(offer.statusCode()).isEqualTo(200);
    assertThat(Wire.mapper().readTree(offer.body()).propertyNames())
        .containsExactlyInAnyOrder(
            "mesh_name", "mesh_slug", "inviter", "role", "member_count", "expires_at", "uses_left");
    assertThat(offer.body()).contains("Public", "owner").doesNotContain(ana.pubkey());
  }

  @Test
  void a_claim_there_makes_a_member_once_and_each_refusal_has_its_status() {
    String code = invite();
    assertThat(claim(code, "{ no json").statusCode()).isEqualTo(400);
    assertThat(claim(code, "{}").statusCode()).isEqualTo(400);
    HttpResponse<String> joined = claim(code, newcomer(code).toString());
    assertThat(joined.statusCode()).as(joined.body()).isEqualTo(200);
    assertThat(joined.body()).contains(ana.meshId(), "pending");
    HttpResponse<String> second = claim(code, newcomer(code).toString());
    assertThat(second.statusCode()).isEqualTo(410);
    assertThat(second.body()).contains("invite_exhausted");
    assertThat(preview(code).statusCode()).isEqualTo(410);
    assertThat(claim("ZZZZ9999", newcomer("ZZZZ9999").toString()).statusCode()).isEqualTo(404);
    String withdrawn = invite();
    try (BrokerHttp calls = new BrokerHttp(broker.wsUrl())) {
      calls.call(
          new InviteRequest.Revoke(withdrawn),
          Optional.of(ana.key()),
          Map.of("mesh", ana.meshId()));
    }
    assertThat(claim(withdrawn, newcomer(withdrawn).toString()).body()).contains("invite_revoked");
    assertThat(preview(withdrawn).statusCode()).isEqualTo(410);
  }

  @Test
  void an_invite_that_has_ended_says_so() {
    String code = invite();
    broker
        .database()
        .dsl()
        .query("update mesh.invite set expires_at = created_at where code = ?", code)
        .execute();
    assertThat(preview(code).body()).contains("invite_expired");
    assertThat(preview(code).statusCode()).isEqualTo(410);
  }
}
