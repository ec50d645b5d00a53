package dev.claudemesh.protocol.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AccountTokenTest {
  @Test
  void a_token_is_found_by_a_scanner_of_secrets_and_reads_back_as_itself() {
    for (Kind kind : Kind.values()) {
      AccountToken token = AccountToken.generate(kind);
      assertThat(token.text()).matches("cm_" + kind.wireName() + "_[a-z2-7]{52}");
      assertThat(AccountToken.of(" " + token.text() + "\n")).contains(token);
    }
  }

  @Test
  void no_two_are_the_same_and_none_is_shown() {
    List<AccountToken> tokens =
        Stream.generate(() -> AccountToken.generate(Kind.PAT)).limit(100).toList();
    assertThat(tokens).doesNotHaveDuplicates();
    assertThat(tokens)
        .allSatisfy(token -> assertThat(token.toString()).isEqualTo("AccountToken[PAT]"));
  }

  @Test
  void what_was_cut_off_or_is_something_else_is_no_token() {
    String good = AccountToken.generate(Kind.SESSION).text();
    assertThat(
            Stream.of(
                "",
                good.substring(0, good.length() - 1),
                good + "a",
                good.toUpperCase(java.util.Locale.ROOT),
                good.replace("cm_session_", "cm_other_"),
                good.replace("cm_session_", "")))
        .allSatisfy(text -> assertThat(AccountToken.of(text)).isEmpty());
  }

  @Test
  void the_key_of_its_forms_is_neither_the_token_nor_what_is_stored() {
    AccountToken token = AccountToken.generate(Kind.WEB);
    assertThat(token.formKey()).isNotEqualTo(token.hash()).doesNotContain(token.text());
    assertThat(token.formKey()).isEqualTo(AccountToken.of(token.text()).orElseThrow().formKey());
  }

  @Test
  void base32_is_that_of_the_rfc() {
    assertThat(
            Stream.of("", "f", "fo", "foo", "foob", "fooba", "foobar")
                .map(text -> AccountToken.base32(text.getBytes(StandardCharsets.US_ASCII))))
        .containsExactly("", "my", "mzxq", "mzxw6", "mzxw6yq", "mzxw6ytb", "mzxw6ytboi");
  }
}
