package dev.claudemesh.broker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.kernel.MailServer.Tls;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MailServerTest {
  private static Map<String, String> settings(String url) {
    return new HashMap<>(
        Map.of(
            "BROKER_SMTP_URL", url,
            "EMAIL_FROM", "mesh@acme.dev",
            "BROKER_PUBLIC_URL", "https://mesh.acme.dev"));
  }

  private static MailServer read(String url) {
    return BrokerConfig.read(settings(url), Map.of()).mail().orElseThrow();
  }

  @Test
  void the_way_to_the_server_is_encrypted_unless_it_is_here_or_the_operator_says_so() {
    assertThat(read("smtps://192.0.2.1").tls()).isEqualTo(Tls.ALWAYS);
    assertThat(read("smtps://192.0.2.1").port()).isEqualTo(465);
    assertThat(read("smtp://192.0.2.1").tls()).isEqualTo(Tls.STARTTLS);
    assertThat(read("smtp://192.0.2.1").port()).isEqualTo(587);
    assertThat(read("smtp://192.0.2.1:25?tls=optional").tls()).isEqualTo(Tls.OPTIONAL);
    assertThat(read("smtp://127.0.0.1:25").tls()).isEqualTo(Tls.OPTIONAL);
  }

  @Test
  void user_and_password_are_decoded_and_shown_nowhere() {
    Map<String, String> settings = settings("smtps://a%40b:p%3Aw+%25@192.0.2.1:4650/");
    BrokerConfig config = BrokerConfig.read(settings, Map.of());
    MailServer server = config.mail().orElseThrow();
    assertThat(server.user()).contains("a@b");
    assertThat(server.password()).contains("p:w+%");
    assertThat(server.port()).isEqualTo(4650);
    assertThat(server + config.toString() + config.found()).doesNotContain("p:w", "p%3Aw");
  }

  @Test
  void what_is_wrong_is_all_told_at_once_without_the_password() {
    for (String url :
        new String[] {
          "http://h", "smtp://", "smtp://u:hunter2@h:99999999", "smtp://h/x", "hunter2"
        }) {
      Map<String, String> settings = new HashMap<>(Map.of("BROKER_SMTP_URL", url));
      assertThatThrownBy(() -> BrokerConfig.read(settings, Map.of()))
          .as(url)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("BROKER_SMTP_URL must be smtp://")
          .hasMessageContaining("EMAIL_FROM must be")
          .hasMessageContaining("BROKER_PUBLIC_URL must be set")
          .hasMessageNotContaining("hunter2");
    }
  }
}
