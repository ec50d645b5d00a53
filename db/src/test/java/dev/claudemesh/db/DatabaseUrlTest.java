package dev.claudemesh.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseUrlTest {

  @Test
  void both_usual_forms_mean_the_same() {
    DatabaseUrl short_ =
        DatabaseUrl.parse("postgres://ann:p%40ss%2Fw@db.example:6432/mesh?sslmode=require");
    DatabaseUrl jdbc =
        DatabaseUrl.parse(
            "jdbc:postgresql://db.example:6432/mesh?user=ann&password=p%40ss%2Fw&sslmode=require");
    for (DatabaseUrl url : new DatabaseUrl[] {short_, jdbc}) {
      assertThat(url.user()).isEqualTo("ann");
      assertThat(url.password().reveal()).isEqualTo("p@ss/w");
      assertThat(url.hosts()).isEqualTo("db.example:6432");
      assertThat(url.database()).isEqualTo("mesh");
      assertThat(url.jdbcUrl())
          .contains("sslmode=require")
          .doesNotContain("p%40ss")
          .doesNotContain("ann");
      assertThat(url.toString()).isEqualTo("db.example:6432/mesh");
    }
  }

  @Test
  void a_plus_stays_a_plus_and_an_at_sign_in_the_password_is_forgiven() {
    assertThat(DatabaseUrl.parse("postgresql://a:x+y@z@h/d").password().reveal())
        .isEqualTo("x+y@z");
  }

  @Test
  void several_hosts_and_ipv6_are_understood() {
    assertThat(DatabaseUrl.parse("postgres://u@[::1]:5432,b.example/d").hosts())
        .isEqualTo("[::1]:5432,b.example");
  }

  @Test
  void names_of_the_c_library_are_translated() {
    assertThat(
            DatabaseUrl.parse("postgres://u@h/d?connect_timeout=9&application_name=x").parameters())
        .containsEntry("connectTimeout", "9")
        .containsEntry("ApplicationName", "x");
  }

  @Test
  void the_server_is_asked_for_no_row_contents_in_errors() {
    assertThat(DatabaseUrl.parse("postgres://u@h/d").jdbcUrl())
        .contains("logServerErrorDetail=false");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|empty",
        "mysql://u:secret@h/d|begin with postgres://",
        "host=h user=u password=secret|begin with postgres://",
        "postgres://u:secret@h|no database",
        "postgres://u:secret@h/|no database",
        "postgres://:secret@h/d|no user",
        "postgres://h/d|no user",
        "postgres://u:secret@/d|no host",
        "postgres://u:secret@h:port/d|host or port",
        "postgres://u:secret@h:70000/d|between 1 and 65535",
        "postgres://u:secret@h:0/d|between 1 and 65535",
        "postgres://u:sec/secret@h/d|%2F",
        "postgres://u:sec?secret@h/d|%3F",
        "postgres://u:sec#secret@h/d|%23",
        "postgres://u:secret%@h/d|%25",
        "postgres://u:secret@h/d?sslmod=require|sslmod",
        "postgres://u:secret@h/d?sslmode|name=value",
      })
  void mistakes_are_explained_without_the_password(String text, String expected) {
    assertThatThrownBy(() -> DatabaseUrl.parse(text))
        .isInstanceOf(DatabaseSettingException.class)
        .hasMessageContaining(expected)
        .hasMessageContaining("DATABASE_URL")
        .hasMessageNotContaining("secret");
  }
}
