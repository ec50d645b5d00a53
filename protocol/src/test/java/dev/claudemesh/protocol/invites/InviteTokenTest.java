package dev.claudemesh.protocol.invites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InviteTokenTest {
  private final SecretKey owner = Keys.generate();
  private final String rootKey = MeshKey.generate(1).exposeBase64Url();
  private final InvitePayload signed =
      InviteToken.sign(
          new InvitePayload(
              1,
              "mesh1",
              "team",
              "ws://127.0.0.1:7900/ws",
              1_770_000_000L,
              rootKey,
              "member",
              owner.publicKey().hex(),
              ""),
          owner);

  @Test
  void a_token_is_the_json_of_its_payload_in_the_order_that_old_clients_write() {
    String json =
        new String(
            Base64.getUrlDecoder().decode(InviteToken.encode(signed)), StandardCharsets.UTF_8);

    assertThat(json)
        .isEqualTo(
            "{\"v\":1,\"mesh_id\":\"mesh1\",\"mesh_slug\":\"team\",\"broker_url\":\"ws://127.0.0.1:7900/ws\",\"expires_at\":1770000000,"
                + "\"mesh_root_key\":\""
                + rootKey
                + "\",\"role\":\"member\",\"owner_pubkey\":\""
                + owner.publicKey().hex()
                + "\",\"signature\":\""
                + signed.signature()
                + "\"}");
    assertThat(InviteToken.encode(signed)).matches("[A-Za-z0-9_-]+");
  }

  @Test
  void a_token_that_leaves_something_out_is_none() {
    String json = "{\"v\":1,\"mesh_id\":\"mesh1\",\"expires_at\":1770000000,\"role\":\"member\"}";
    String token =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json.getBytes(StandardCharsets.UTF_8));
    assertThat(InviteToken.decode(token)).isEmpty();
  }

  @Test
  void the_owner_signs_the_first_eight_values() {
    assertThat(InviteToken.canonical(signed))
        .isEqualTo(
            "1|mesh1|team|ws://127.0.0.1:7900/ws|1770000000|"
                + rootKey
                + "|member|"
                + owner.publicKey().hex());
    assertThat(Keys.verify(owner.publicKey(), InviteToken.canonical(signed), signed.signature()))
        .isTrue();
    assertThat(InviteToken.isSigned(signed)).isTrue();
  }

  @Test
  void a_token_is_read_back_whatever_the_order_of_its_fields() {
    assertThat(InviteToken.decode(InviteToken.encode(signed))).contains(signed);
    String json =
        new String(
            Base64.getUrlDecoder().decode(InviteToken.encode(signed)), StandardCharsets.UTF_8);
    String turned =
        "{\"signature\":\""
            + signed.signature()
            + "\",\"new\":1,"
            + json.substring(1, json.indexOf(",\"signature\""))
            + "}";
    assertThat(InviteToken.decode(base64Url(turned))).contains(signed);
  }

  @Test
  void every_value_is_signed() {
    InvitePayload p = signed;
    assertThat(
            new InvitePayload[] {
              new InvitePayload(
                  2,
                  p.meshId(),
                  p.meshSlug(),
                  p.brokerUrl(),
                  p.expiresAt(),
                  p.meshRootKey(),
                  p.role(),
                  p.ownerPubkey(),
                  p.signature()),
              new InvitePayload(
                  1,
                  "mesh2",
                  p.meshSlug(),
                  p.brokerUrl(),
                  p.expiresAt(),
                  p.meshRootKey(),
                  p.role(),
                  p.ownerPubkey(),
                  p.signature()),
              new InvitePayload(
                  1,
                  p.meshId(),
                  "x",
                  p.brokerUrl(),
                  p.expiresAt(),
                  p.meshRootKey(),
                  p.role(),
                  p.ownerPubkey(),
                  p.signature()),
              new InvitePayload(
                  1,
                  p.meshId(),
                  p.meshSlug(),
                  "ws://evil/ws",
                  p.expiresAt(),
                  p.meshRootKey(),
                  p.role(),
                  p.ownerPubkey(),
                  p.signature()),
              new InvitePayload(
                  1,
                  p.meshId(),
                  p.meshSlug(),
                  p.brokerUrl(),
                  p.expiresAt() + 1,
                  p.meshRootKey(),
                  p.role(),
                  p.ownerPubkey(),
                  p.signature()),
              new InvitePayload(
                  1,
                  p.meshId(),
                  p.meshSlug(),
                  p.brokerUrl(),
                  p.expiresAt(),
                  "",
                  p.role(),
                  p.ownerPubkey(),
                  p.signature()),
              new InvitePayload(
                  1,
                  p.meshId(),
                  p.meshSlug(),
                  p.brokerUrl(),
                  p.expiresAt(),
                  p.meshRootKey(),
                  "admin",
                  p.ownerPubkey(),
                  p.signature()),
              new InvitePayload(
                  1,
                  p.meshId(),
                  p.meshSlug(),
                  p.brokerUrl(),
                  p.expiresAt(),
                  p.meshRootKey(),
                  p.role(),
                  Keys.generate().publicKey().hex(),
                  p.signature()),
              new InvitePayload(
                  1,
                  p.meshId(),
                  p.meshSlug(),
                  p.brokerUrl(),
                  p.expiresAt(),
                  p.meshRootKey(),
                  p.role(),
                  "not a key",
                  p.signature()),
              new InvitePayload(
                  1,
                  p.meshId(),
                  p.meshSlug(),
                  p.brokerUrl(),
                  p.expiresAt(),
                  p.meshRootKey(),
                  p.role(),
                  p.ownerPubkey(),
                  "")
            })
        .noneMatch(InviteToken::isSigned);
  }

  @Test
  void only_the_owner_it_names_can_sign_it() {
    assertThatThrownBy(() -> InviteToken.sign(signed, Keys.generate()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "!!!",
        "eyJ2IjoxfQ",
        "bm90IGpzb24",
        "W10",
        "eyJ2IjoyfQ",
        "\u00e9\u00e9",
        "e30"
      })
  void what_is_no_token_is_empty(String text) {
    assertThat(InviteToken.decode(text)).isEmpty();
  }

  @Test
  void a_token_of_another_version_or_of_great_length_is_empty() {
    InvitePayload later =
        new InvitePayload(4, "m", "s", "u", 1, "k", "member", owner.publicKey().hex(), "s");
    assertThat(InviteToken.decode(InviteToken.encode(later))).isEmpty();
    assertThat(InviteToken.decode("A".repeat(4001))).isEmpty();
  }

  @Test
  void a_payload_never_prints_the_mesh_key() {
    assertThat(signed.toString())
        .doesNotContain(rootKey)
        .doesNotContain(signed.signature())
        .contains("mesh1");
  }

  @Test
  void codes_are_eight_characters_nobody_mistakes_and_seldom_the_same() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      String code = InviteCode.generate();
      assertThat(code).matches("[A-HJ-NP-Z2-9]{8}");
      assertThat(InviteCode.isCode(code)).isTrue();
      seen.add(code);
    }
    assertThat(seen).hasSize(2000);
    assertThat(seen.stream().flatMapToInt(String::chars).distinct().count()).isEqualTo(32);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ABCD234",
        "ABCD23456",
        "ABCD234I",
        "ABCD234O",
        "ABCD2340",
        "ABCD2341",
        "abcd2345",
        "ABCD 234",
        "\u0410BCD2345"
      })
  void other_texts_are_no_code_of_ours(String text) {
    assertThat(InviteCode.isCode(text)).isFalse();
  }

  private static String base64Url(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
