package dev.claudemesh.broker.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestMail;
import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.kernel.MailLimits;
import dev.claudemesh.broker.kernel.MailServer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The mailer against a real mail server.
@Timeout(60)
class MailerTest {
  private static MailLimits limits(int queue, Duration retry, Duration life) {
    return new MailLimits(queue, retry, Duration.ofMillis(200), life, 1, 3, 5, 20);
  }

  private static Optional<MailServer> server(TestMail mail, String user) {
    Map<String, String> settings = new HashMap<>(mail.settings());
    settings.put("BROKER_SMTP_URL", "smtp://" + user + "127.0.0.1:" + mail.port());
    return BrokerConfig.read(settings, Map.of()).mail();
  }

  private static Mail mail(String to, String text) {
    return new Mail(to, "About Añil", text, "<p>" + text + "</p>");
  }

  @Test
  void a_mail_comes_with_both_parts_and_its_letters_whole() {
    try (TestMail mail = TestMail.start()) {
      Mailer mailer = new Mailer(server(mail, ""), MailLimits.DEFAULTS, InstantSource.system());
      assertThat(mailer.offer(mail("ana@example.test", "¿Añil? — 你好"))).isTrue();
      TestMail.Received received = mail.await(1);
      assertThat(received.to()).isEqualTo("ana@example.test");
      assertThat(received.from()).isEqualTo(TestMail.FROM);
      assertThat(received.subject()).isEqualTo("About Añil");
      assertThat(received.text()).isEqualTo("¿Añil? — 你好");
      assertThat(received.html()).isEqualTo("<p>¿Añil? — 你好</p>");
      mailer.stop();
      assertThat(mailer.offer(mail("ana@example.test", "late"))).isFalse();
      mailer.stop();
    }
  }

  @Test
  void it_signs_in_to_a_server_that_asks_for_it() {
    try (TestMail mail = TestMail.start()) {
      mail.demand("broker", "s:cr@t/%");
      Mailer mailer =
          new Mailer(
              server(mail, "broker:s%3Acr%40t%2F%25@"),
              MailLimits.DEFAULTS,
              InstantSource.system());
      mailer.offer(mail("ana@example.test", "hello"));
      assertThat(mail.await(1).text()).isEqualTo("hello");
      mailer.stop();
    }
  }

  @Test
  void while_the_server_is_away_mail_waits_in_order_and_goes_out_when_it_is_back() {
    try (TestMail mail = new TestMail()) {
      Mailer mailer =
          new Mailer(
              server(mail, ""),
              limits(10, Duration.ofMillis(50), Duration.ofMinutes(1)),
              InstantSource.system());
      for (int i = 0; i < 3; i++) {
        assertThat(mailer.offer(mail("ana@example.test", "mail " + i))).isTrue();
      }
      mail.comeBack();
      mail.await(3);
      assertThat(mail.count()).isEqualTo(3);
      mailer.stop();
    }
  }

  @Test
  void a_full_queue_takes_no_more_and_says_so_and_mail_is_dropped_when_its_time_is_over() {
    AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    try (TestMail mail = new TestMail()) {
      Mailer mailer =
          new Mailer(
              server(mail, ""),
              limits(2, Duration.ofMillis(20), Duration.ofMinutes(5)),
              () -> Instant.now().plus(ahead.get()));
      assertThat(mailer.offer(mail("a@example.test", "1"))).isTrue();
      assertThat(mailer.offer(mail("a@example.test", "2"))).isTrue();
      assertThat(mailer.isFull()).isTrue();
      assertThat(mailer.offer(mail("a@example.test", "3"))).isFalse();

      ahead.set(Duration.ofHours(1));
      takes(mailer, "4");
      takes(mailer, "5"); // there is room for both: none of the first is left

      mail.comeBack();
      assertThat(mail.await(2).text()).isIn("4", "5");
      assertThat(mail.count()).isEqualTo(2);
      mailer.stop();
    }
  }

  private static void takes(Mailer mailer, String text) {
    Instant end = Instant.now().plusSeconds(30);
    while (!mailer.offer(mail("a@example.test", text))) {
      assertThat(Instant.now()).isBefore(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void without_a_server_no_mail_is_taken() {
    Mailer mailer = new Mailer(Optional.empty(), MailLimits.DEFAULTS, InstantSource.system());
    assertThat(mailer.sends()).isFalse();
    assertThat(mailer.offer(mail("a@example.test", "1"))).isFalse();
    mailer.stop();
  }
}
