package dev.claudemesh.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The texts that existing clients sign, character by character.
class CanonicalTest {
  @Test
  void each_text_is_its_parts_joined_by_pipes() {
    assertThat(Canonical.hello("mesh", "member", "ab", 1770000000000d))
        .isEqualTo("mesh|member|ab|1770000000000");
    assertThat(Canonical.attestation("pp", "ss", 1770000000000d))
        .isEqualTo("claudemesh-session-attest|pp|ss|1770000000000");
    assertThat(Canonical.sessionHello("mesh", "pp", "ss", 1770000000000d))
        .isEqualTo("claudemesh-session-hello|mesh|pp|ss|1770000000000");
    assertThat(Canonical.inviteV2("mesh", "inv", 1770000000, "member", "oo"))
        .isEqualTo("v=2|mesh|inv|1770000000|member|oo");
    assertThat(Canonical.inviteV3("mesh", "inv", 1770000000, "admin", "ii"))
        .isEqualTo("v=3|mesh|inv|1770000000|admin|ii");
    assertThat(Canonical.claim("CODE2345", "x", 1770000000000L))
        .isEqualTo("claim|CODE2345|x|1770000000000");
    assertThat(Canonical.seal("mesh", 3, "mm", "sealed")).isEqualTo("seal|mesh|3|mm|sealed");
    assertThat(Canonical.httpCall("POST", "/cli/mesh/create?a=b", "00", 1, "n"))
        .isEqualTo("POST|/cli/mesh/create?a=b|00|1|n");
  }

  /// The right column is what `String(x)` gives in JavaScript.
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "1, 1",
    "-5, -5",
    "1770000000000, 1770000000000",
    "1770000000000.5, 1770000000000.5",
    "0.1, 0.1",
    "1e15, 1000000000000000",
    "9007199254740993, 9007199254740992",
    "1e20, 100000000000000000000",
    "1.1e3, 1100",
    "Infinity, Infinity",
    "NaN, NaN"
  })
  void a_time_prints_as_javascript_prints_it(double time, String printed) {
    assertThat(Canonical.decimal(time)).isEqualTo(printed);
  }
}
