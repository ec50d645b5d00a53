package dev.claudemesh.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PassphraseBoxTest {
  private static final char[] PASSPHRASE = "correct horse battery staple".toCharArray();

  @Test
  void what_was_sealed_opens_with_the_passphrase_and_with_no_other() {
    byte[] file = PassphraseBox.seal("the config, 日本\n", PASSPHRASE);

    assertThat(PassphraseBox.isOne(file)).isTrue();
    assertThat(PassphraseBox.open(file, PASSPHRASE)).contains("the config, 日本\n");
    assertThat(PassphraseBox.open(file, "correct horse battery stapler".toCharArray())).isEmpty();
    assertThat(PassphraseBox.open(file, new char[0])).isEmpty();
  }

  /// Made by another program: argon2-cffi for the key, and an XChaCha20-Poly1305 of its own.
  @Test
  void a_file_of_another_client_opens() {
    byte[] file =
        HexFormat.of()
            .parseHex(
                "434d4231000102030405060708090a0b0c0d0e0f6465666768696a6b6c6d6e6f7071727374757677"
                    + "78797a7b016a2e6c74c0ce3a83b8038d7c079cfa0d28f5f2fdfbb2f9980369be9e8b0d34933350a6"
                    + "d21c486f01a2");

    assertThat(PassphraseBox.open(file, "pässwörd of another".toCharArray()))
        .contains("{\"version\":1,\"meshes\":[]}\n");
  }

  @Test
  void the_same_text_is_never_the_same_file() {
    assertThat(PassphraseBox.seal("x", PASSPHRASE))
        .isNotEqualTo(PassphraseBox.seal("x", PASSPHRASE));
  }

  @Test
  void a_file_that_was_changed_anywhere_or_cut_does_not_open() {
    byte[] file = PassphraseBox.seal("x", PASSPHRASE);

    for (int at : new int[] {0, 4, 19, 20, 43, 44, file.length - 1}) {
      byte[] changed = file.clone();
      changed[at] ^= 1;
      assertThat(PassphraseBox.open(changed, PASSPHRASE)).as("byte %d", at).isEmpty();
    }
    for (int length : new int[] {0, 3, 4, 44, 59, file.length - 1}) {
      assertThat(PassphraseBox.open(java.util.Arrays.copyOf(file, length), PASSPHRASE))
          .as("%d bytes", length)
          .isEmpty();
    }
  }

  @Test
  void a_short_passphrase_seals_nothing() {
    assertThatThrownBy(() -> PassphraseBox.seal("x", "elevenchars".toCharArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("eleven");
    assertThat(PassphraseBox.seal("x", "twelve chars".toCharArray())).isNotEmpty();
  }
}
