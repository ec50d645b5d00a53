package dev.claudemesh.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The library as we load it does what the standards and the inventor's own document print.
class PublishedVectorsTest {
  private static final JsonNode NACL = read("nacl.json");

  record SignVector(String name, byte[] seed, byte[] publicKey, byte[] message, byte[] signature) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<SignVector> rfc8032() {
    return read("rfc8032.json")
        .get("vectors")
        .valueStream()
        .map(vector ->
            new SignVector(
                vector.get("name").stringValue(),
                bytes(vector, "secretKey"),
                bytes(vector, "publicKey"),
                bytes(vector, "message"),
                bytes(vector, "signature")));
  }

  @ParameterizedTest
  @MethodSource("rfc8032")
  void ed25519_signs_as_rfc_8032_prints(SignVector vector) {
    byte[] secret = Sodium.ofSeed(vector.seed);

    assertThat(SecretKey.of(secret).publicKey().bytes()).isEqualTo(vector.publicKey);
    assertThat(Sodium.sign(vector.message, secret)).isEqualTo(vector.signature);
  }

  @ParameterizedTest
  @MethodSource("rfc8032")
  void ed25519_verifies_what_rfc_8032_prints_and_nothing_near_it(SignVector vector) {
    assertThat(Sodium.verify(vector.signature, vector.message, vector.publicKey)).isTrue();

    for (int bit = 0; bit < 512; bit++) {
      byte[] changed = vector.signature.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(Sodium.verify(changed, vector.message, vector.publicKey))
          .as("signature bit %d flipped", bit)
          .isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
        + "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
        + "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,"
        + "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
        + "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
  })
  void x25519_multiplies_as_rfc_7748_section_5_2_prints(
      String scalar, String point, String product) {
    assertThat(Sodium.x25519(hex(scalar), hex(point)))
        .hasValueSatisfying(shared -> assertThat(shared).isEqualTo(hex(product)));
  }

  @Test
  void xchacha20_poly1305_seals_as_draft_irtf_cfrg_xchacha_appendix_a_3_1_prints() {
    byte[] message =
        ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the"
                + " future, sunscreen would be it.")
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] beside = hex("50515253c0c1c2c3c4c5c6c7");
    byte[] nonce = hex("404142434445464748494a4b4c4d4e4f5051525354555657");
    byte[] key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    byte[] sealed =
        hex(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f"
                + "4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369"
                + "488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"
                + "c0875924c1c7987947deafd8780acf49");

    assertThat(Sodium.aeadSeal(message, beside, nonce, key)).isEqualTo(sealed);
    assertThat(Sodium.aeadOpen(sealed, beside, nonce, key))
        .hasValueSatisfying(opened -> assertThat(opened).isEqualTo(message));
    assertThat(Sodium.aeadOpen(sealed, new byte[0], nonce, key)).isEmpty();
  }

  @Test
  void x25519_iterates_as_rfc_7748_section_5_2_prints() {
    byte[] k = hex("0900000000000000000000000000000000000000000000000000000000000000");
    byte[] u = k;
    for (int i = 1; i <= 1000; i++) {
      byte[] next = Sodium.x25519(k, u).orElseThrow();
      u = k;
      k = next;
      if (i == 1) {
        assertThat(k)
            .isEqualTo(hex("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"));
      }
    }
    assertThat(k)
        .isEqualTo(hex("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"));
  }

  @Test
  void alice_and_bob_agree_as_rfc_7748_section_6_1_prints() {
    assertThat(Sodium.x25519Base(nacl("aliceSecretKey"))).isEqualTo(nacl("alicePublicKey"));
    assertThat(Sodium.x25519Base(nacl("bobSecretKey"))).isEqualTo(nacl("bobPublicKey"));
    assertThat(Sodium.x25519(nacl("aliceSecretKey"), nacl("bobPublicKey")))
        .hasValueSatisfying(shared -> assertThat(shared).isEqualTo(nacl("sharedSecret")));
    assertThat(Sodium.x25519(nacl("bobSecretKey"), nacl("alicePublicKey")))
        .hasValueSatisfying(shared -> assertThat(shared).isEqualTo(nacl("sharedSecret")));
  }

  @Test
  void box_encrypts_as_cryptography_in_nacl_prints() {
    assertThat(
            Sodium.box(
                nacl("message"), nacl("nonce"), nacl("bobPublicKey"), nacl("aliceSecretKey")))
        .hasValueSatisfying(boxed -> assertThat(boxed).isEqualTo(nacl("ciphertext")));
    assertThat(
            Sodium.openBox(
                nacl("ciphertext"), nacl("nonce"), nacl("alicePublicKey"), nacl("bobSecretKey")))
        .hasValueSatisfying(message -> assertThat(message).isEqualTo(nacl("message")));
  }

  @Test
  void secretbox_encrypts_as_cryptography_in_nacl_prints() {
    assertThat(Sodium.secretBox(nacl("message"), nacl("nonce"), nacl("firstKey")))
        .isEqualTo(nacl("ciphertext"));
    assertThat(Sodium.openSecretBox(nacl("ciphertext"), nacl("nonce"), nacl("firstKey")))
        .hasValueSatisfying(message -> assertThat(message).isEqualTo(nacl("message")));
  }

  /// Points of small order, in x25519 form: with any of them the shared secret would be known to
  /// everyone.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void a_point_of_small_order_gives_no_secret_no_box_and_no_seal(String point) {
    byte[] secret = nacl("aliceSecretKey");

    assertThat(Sodium.x25519(secret, hex(point))).isEmpty();
    assertThat(Sodium.box(nacl("message"), nacl("nonce"), hex(point), secret)).isEmpty();
    assertThat(Sodium.openBox(nacl("ciphertext"), nacl("nonce"), hex(point), secret)).isEmpty();
    assertThat(Sodium.seal(nacl("message"), hex(point))).isEmpty();
  }

  private static byte[] nacl(String name) {
    return bytes(NACL, name);
  }

  private static byte[] bytes(JsonNode vector, String name) {
    return hex(vector.get(name).stringValue());
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static JsonNode read(String file) {
    try (InputStream stream = PublishedVectorsTest.class.getResourceAsStream("/vectors/" + file)) {
      return Wire.mapper().readTree(stream);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
