package dev.claudemesh.broker.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodeRulesTest {
  @Test
  void a_code_is_eight_digits_and_may_be_typed_in_groups() {
    RandomGenerator random = RandomGenerator.getDefault();
    assertThat(IntStream.range(0, 1_000).mapToObj(i -> CodeRules.code(random)))
        .allMatch(code -> code.matches("[0-9]{8}"));
    assertThat(CodeRules.typed(" 1234-5678 ")).isEqualTo("12345678");
  }
}
