package dev.claudemesh.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetyNumberTest {
  /// Keys of RFC 8032; the numbers were computed by another program.
  @ParameterizedTest
  @CsvSource({
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,"
        + "00334 49277 81605 59470 80080 00825",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,"
        + "86505 58577 61704 65436 77185 23838",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,"
        + "32236 11391 20658 45598 67270 40379",
    "0000000000000000000000000000000000000000000000000000000000000000,"
        + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff,"
        + "68657 29533 23627 91550 30625 52390"
  })
  void both_sides_see_the_number_the_protocol_names(String one, String other, String number) {
    SafetyNumber here = SafetyNumber.of(new PublicKey(one), new PublicKey(other));
    SafetyNumber there = SafetyNumber.of(new PublicKey(other), new PublicKey(one));

    assertThat(String.join(" ", here.groups())).isEqualTo(number);
    assertThat(there).isEqualTo(here);
    assertThat(here.digits()).isEqualTo(number.replace(" ", ""));
  }

  @Test
  void another_key_has_another_number() {
    PublicKey ana = Keys.generate().publicKey();

    assertThat(SafetyNumber.of(ana, Keys.generate().publicKey()))
        .isNotEqualTo(SafetyNumber.of(ana, Keys.generate().publicKey()));
  }
}
