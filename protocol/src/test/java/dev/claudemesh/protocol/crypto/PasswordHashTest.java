package dev.claudemesh.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PasswordHashTest {
  @Test
  void a_password_matches_its_hash_and_no_other_does() {
    String hash = PasswordHash.of("correct horse ñ 🐎");
    assertThat(hash).startsWith("$argon2id$v=19$m=65536,t=2,p=1$");
    assertThat(PasswordHash.matches(hash, "correct horse ñ 🐎")).isTrue();
    assertThat(PasswordHash.matches(hash, "correct horse ñ")).isFalse();
    assertThat(PasswordHash.matches(hash, "")).isFalse();
  }

  @Test
  void the_same_password_is_stored_differently_each_time() {
    assertThat(PasswordHash.of("correct horse")).isNotEqualTo(PasswordHash.of("correct horse"));
  }

  @Test
  void what_is_no_hash_matches_nothing() {
    assertThat(PasswordHash.matches("", "correct horse")).isFalse();
    assertThat(PasswordHash.matches("x".repeat(500), "correct horse")).isFalse();
  }
}
