package dev.claudemesh.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Seeds;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
  private final SecretKey alice = Keys.generate();
  private final SecretKey bob = Keys.generate();
  private final SecretKey eve = Keys.generate();
  private final MeshKey meshKey = MeshKey.generate(3);

  @ParameterizedTest
  @ValueSource(
      strings = {"", "hello", "ünïcödé 漢字 🎉", "line\nline", "mesh|member|key|1770000000000"})
  void a_signature_is_good_for_its_key_and_text_only(String text) {
    String signature = Keys.sign(alice, text);

    assertThat(signature).matches("[0-9a-f]{128}");
    assertThat(Keys.verify(alice.publicKey(), text, signature)).isTrue();
    assertThat(Keys.verify(alice.publicKey(), text, signature.toUpperCase(Locale.ROOT))).isTrue();
    assertThat(Keys.verify(alice.publicKey(), text + " ", signature)).isFalse();
    assertThat(Keys.verify(bob.publicKey(), text, signature)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "zz", "g0", "not hex at all", "0x12"})
  void a_malformed_signature_is_false_and_never_an_exception(String signature) {
    assertThat(Keys.verify(alice.publicKey(), "text", signature)).isFalse();
    assertThat(
            Keys.verify(
                alice.publicKey(), "text", signature + "0".repeat(128 - signature.length())))
        .isFalse();
    assertThat(Keys.verify(alice.publicKey(), "text", Keys.sign(alice, "text") + "00")).isFalse();
  }

  /// Keys of small order, and bytes that are no point at all: an "always valid" signature must not
  /// exist.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "0200000000000000000000000000000000000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void a_key_that_is_no_honest_point_signs_nothing_and_gets_no_box(String hex) {
    PublicKey key = new PublicKey(hex);
    Boxed boxed = Keys.box("text", bob.publicKey(), alice);

    assertThat(Keys.verify(key, "text", "01" + "00".repeat(63))).isFalse();
    assertThat(Keys.verify(key, "text", hex + "00".repeat(32))).isFalse();
    assertThat(Keys.x25519Public(key)).isEmpty();
    assertThat(Keys.openBox(boxed.nonce(), boxed.ciphertext(), key, bob)).isEmpty();
    for (Callable<?> use :
        List.<Callable<?>>of(() -> Keys.box("text", key, alice), () -> meshKey.sealTo(key))) {
      assertThatThrownBy(use::call)
          .isInstanceOfSatisfying(
              Problem.class,
              problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_ARGUMENT))
          .hasMessageContaining(key.brief());
    }
  }

  @Test
  void a_text_with_half_a_surrogate_pair_is_not_signed_because_another_has_the_same_bytes() {
    assertThatThrownBy(() -> Keys.sign(alice, "a\ud800b")).isInstanceOf(Problem.class);
    assertThat(Keys.verify(alice.publicKey(), "a\ud800b", Keys.sign(alice, "a?b"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "ünïcödé 漢字 🎉", "\0 and \n"})
  void a_box_opens_for_its_receiver_and_names_its_sender(String text) {
    Boxed boxed = Keys.box(text, bob.publicKey(), alice);

    assertThat(Keys.openBox(boxed.nonce(), boxed.ciphertext(), alice.publicKey(), bob))
        .contains(text);
    assertThat(Keys.openBox(boxed.nonce(), boxed.ciphertext(), eve.publicKey(), bob)).isEmpty();
    assertThat(Keys.openBox(boxed.nonce(), boxed.ciphertext(), alice.publicKey(), eve)).isEmpty();
  }

  @Test
  void bodies_are_standard_base64_with_padding_as_existing_clients_write_them() {
    Boxed boxed = Keys.box("x", bob.publicKey(), alice);

    assertThat(boxed.nonce()).hasSize(32);
    assertThat(Base64.getDecoder().decode(boxed.ciphertext())).hasSize(17);
    assertThat(boxed.ciphertext()).hasSize(24).endsWith("=");
    assertThat(Keys.secretBox("x", meshKey).ciphertext()).hasSize(24).endsWith("=");
  }

  @Test
  void the_same_text_never_looks_the_same_twice() {
    assertThat(Keys.box("x", bob.publicKey(), alice))
        .isNotEqualTo(Keys.box("x", bob.publicKey(), alice));
    assertThat(Keys.secretBox("x", meshKey)).isNotEqualTo(Keys.secretBox("x", meshKey));
    assertThat(meshKey.sealTo(bob.publicKey())).isNotEqualTo(meshKey.sealTo(bob.publicKey()));
  }

  @Test
  void half_a_surrogate_pair_is_encrypted_as_javascript_does() {
    Boxed boxed = Keys.secretBox("a\ud83db", meshKey);

    assertThat(Keys.openSecretBox(boxed.nonce(), boxed.ciphertext(), meshKey)).contains("a\ufffdb");
  }

  @Test
  void a_group_text_opens_under_its_key_only() {
    Boxed boxed = Keys.secretBox("to everyone", meshKey);

    assertThat(Keys.openSecretBox(boxed.nonce(), boxed.ciphertext(), meshKey))
        .contains("to everyone");
    assertThat(Keys.openSecretBox(boxed.nonce(), boxed.ciphertext(), MeshKey.generate(3)))
        .isEmpty();
  }

  @Test
  void every_changed_bit_is_noticed() {
    RandomGenerator random = Seeds.random();
    Boxed direct = Keys.box("a text of some length", bob.publicKey(), alice);
    Boxed group = Keys.secretBox("a text of some length", meshKey);
    String sealed = meshKey.sealTo(bob.publicKey());
    for (int i = 0; i < 200; i++) {
      assertThat(
              Keys.openBox(
                  direct.nonce(), flip(direct.ciphertext(), random), alice.publicKey(), bob))
          .isEmpty();
      assertThat(
              Keys.openBox(
                  flip(direct.nonce(), random), direct.ciphertext(), alice.publicKey(), bob))
          .isEmpty();
      assertThat(Keys.openSecretBox(group.nonce(), flip(group.ciphertext(), random), meshKey))
          .isEmpty();
      assertThat(Keys.openSecretBox(flip(group.nonce(), random), group.ciphertext(), meshKey))
          .isEmpty();
      assertThat(MeshKey.openSealed(3, flipUrl(sealed, random), bob)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "=",
        "A",
        "!!!!",
        "AAAA",
        "a b",
        "\0",
        "漢字",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void malformed_bodies_are_empty_and_never_an_exception(String junk) {
    Boxed boxed = Keys.box("x", bob.publicKey(), alice);
    Boxed group = Keys.secretBox("x", meshKey);

    assertThat(Keys.openBox(junk, boxed.ciphertext(), alice.publicKey(), bob)).isEmpty();
    assertThat(Keys.openBox(boxed.nonce(), junk, alice.publicKey(), bob)).isEmpty();
    assertThat(Keys.openSecretBox(junk, group.ciphertext(), meshKey)).isEmpty();
    assertThat(Keys.openSecretBox(group.nonce(), junk, meshKey)).isEmpty();
    assertThat(MeshKey.openSealed(1, junk, bob)).isEmpty();
    assertThat(meshKey.sealToX25519(junk)).isEmpty();
  }

  @Test
  void a_sealed_mesh_key_opens_for_its_member_only_and_keeps_its_epoch() {
    String sealed = meshKey.sealTo(bob.publicKey());

    assertThat(MeshKey.openSealed(3, sealed, bob)).contains(meshKey);
    assertThat(MeshKey.openSealed(3, sealed, alice)).isEmpty();
    assertThat(MeshKey.openSealed(0, sealed, bob)).isEmpty();
    assertThat(MeshKey.ofBase64Url(3, meshKey.exposeBase64Url())).isEqualTo(meshKey);
    assertThat(MeshKey.ofBase64Url(4, meshKey.exposeBase64Url())).isNotEqualTo(meshKey);
  }

  @Test
  void a_key_sealed_to_the_x25519_form_that_old_clients_send_opens_like_any_other() {
    String sealed = meshKey.sealToX25519(Keys.x25519Public(bob)).orElseThrow();

    assertThat(MeshKey.openSealed(3, sealed, bob)).contains(meshKey);
  }

  @Test
  void a_sealed_text_that_is_no_key_is_refused() {
    byte[] sealed =
        Sodium.seal(
                "not 32 bytes".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                Keys.x25519Of(bob.publicKey()))
            .orElseThrow();

    assertThat(
            MeshKey.openSealed(
                1, Base64.getUrlEncoder().withoutPadding().encodeToString(sealed), bob))
        .isEmpty();
  }

  @Test
  void both_halves_of_a_key_convert_to_the_same_x25519_pair() {
    for (int i = 0; i < 50; i++) {
      SecretKey key = Keys.generate();
      assertThat(Keys.x25519Public(key.publicKey())).contains(Keys.x25519Public(key));
    }
  }

  /// The pair that libsodium's own tests convert.
  @Test
  void conversion_gives_the_published_x25519_pair() {
    byte[] secret =
        Sodium.ofSeed(
            HexFormat.of()
                .parseHex("421151a459faeade3d247115f94aedae42318124095afabe4d1451a559faedee"));

    assertThat(Sodium.toX25519(SecretKey.of(secret).publicKey().bytes()))
        .hasValueSatisfying(key ->
            assertThat(HexFormat.of().formatHex(key))
                .isEqualTo("f1814f0e8ff1043d8a44d25babff3cedcae6c22c3edaa48f857ae70de2baae50"));
    assertThat(HexFormat.of().formatHex(Sodium.toX25519Secret(secret)))
        .isEqualTo("8052030376d47112be7f73ed7a019293dd12ad910b654455798b4667d73de166");
  }

  @Test
  void to_string_hides_secrets_and_equality_sees_them() {
    assertThat(alice.toString())
        .doesNotContain(alice.exposeHex().substring(0, 64))
        .contains(alice.publicKey().brief());
    assertThat(meshKey.toString())
        .isEqualTo("MeshKey[epoch=3]")
        .doesNotContain(meshKey.exposeBase64Url());
    assertThat(SecretKey.ofHex(alice.exposeHex()))
        .isEqualTo(alice)
        .isNotEqualTo(bob)
        .hasSameHashCodeAs(alice);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12", "q"})
  void a_bad_secret_key_is_refused_without_being_quoted(String start) {
    String broken =
        start + alice.exposeHex().substring(start.length() + 1) + (start.length() == 1 ? "00" : "");

    assertThatThrownBy(() -> SecretKey.ofHex(broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("An ed25519 secret key is 128 hex characters")
        .hasNoCause();
  }

  @Test
  void a_bad_mesh_key_is_refused_without_being_quoted() {
    assertThatThrownBy(() -> MeshKey.ofBase64Url(1, "c2hvcnQ"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("c2hv");
    assertThatThrownBy(() -> MeshKey.ofBase64Url(1, "!"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("!");
  }

  @Test
  void sha256_and_fingerprints_are_what_everybody_computes() {
    assertThat(Keys.sha256Hex(new byte[0]))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(Keys.fingerprint(alice.publicKey()))
        .matches("[A-Za-z0-9_-]{16}")
        .isNotEqualTo(Keys.fingerprint(bob.publicKey()));
  }

  @Test
  void many_threads_may_use_the_keys_at_once() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> work =
          java.util.stream.IntStream.range(0, 500)
              .<Callable<Boolean>>mapToObj(i ->
                  () -> {
                    Boxed boxed = Keys.box("text " + i, bob.publicKey(), alice);
                    return Keys.openBox(boxed.nonce(), boxed.ciphertext(), alice.publicKey(), bob)
                            .equals(java.util.Optional.of("text " + i))
                        && Keys.verify(
                            alice.publicKey(), "text " + i, Keys.sign(alice, "text " + i));
                  })
              .toList();
      for (var done : threads.invokeAll(work)) {
        assertThat(done.get()).isTrue();
      }
    }
  }

  private static String flip(String base64, RandomGenerator random) {
    return Base64.getEncoder().encodeToString(flip(Base64.getDecoder().decode(base64), random));
  }

  private static String flipUrl(String base64Url, RandomGenerator random) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(flip(Base64.getUrlDecoder().decode(base64Url), random));
  }

  private static byte[] flip(byte[] bytes, RandomGenerator random) {
    int bit = random.nextInt(bytes.length * 8);
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    return bytes;
  }
}
