package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientRulesTest {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration MAX = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0,1000",
    "1,2000",
    "2,4000",
    "3,8000",
    "4,16000",
    "5,30000",
    "6,30000",
    "1000,30000"
  })
  void pauses_double_up_to_half_a_minute(int failures, long millis) {
    assertThat(Backoff.pause(failures, FIRST, MAX, 0.5)).hasMillis(millis);
    assertThat(Backoff.pause(failures, FIRST, MAX, 0)).hasMillis(millis * 8 / 10);
    assertThat(Backoff.pause(failures, FIRST, MAX, 1)).hasMillis(millis * 12 / 10);
  }

  @ParameterizedTest
  @CsvSource({
    "ws://127.0.0.1:7900/ws, ws://127.0.0.1:7900/ws, http://127.0.0.1:7900",
    "ws://127.0.0.1:7900, ws://127.0.0.1:7900/ws, http://127.0.0.1:7900",
    "wss://mesh.example/ws, wss://mesh.example/ws, https://mesh.example",
    "https://mesh.example/, wss://mesh.example/ws, https://mesh.example",
    "wss://example.org/mesh/ws, wss://example.org/mesh/ws, https://example.org/mesh",
    "ws://[::1]:7900/ws, ws://[::1]:7900/ws, http://[::1]:7900"
  })
  void the_addresses_of_a_broker_follow_from_one_another(URI given, URI webSocket, URI http) {
    assertThat(BrokerUrl.webSocket(given)).isEqualTo(webSocket);
    assertThat(BrokerUrl.http(given)).isEqualTo(http);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x/ws", "nonsense", "ws:/ws", "/ws"})
  void what_is_no_address_of_a_broker_is_refused(URI wrong) {
    assertThatThrownBy(() -> BrokerUrl.webSocket(wrong))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("ws://127.0.0.1:7900/ws");
    assertThatThrownBy(() -> BrokerUrl.http(wrong)).isInstanceOf(Problem.class);
  }

  @Test
  void repeats_are_counted_by_target_and_text_within_a_minute() {
    RepeatGuard guard = new RepeatGuard(2);
    guard.count("bob", "hi", NOW);
    guard.count("bob", "hi", NOW.plusSeconds(30));
    assertThatThrownBy(() -> guard.count("bob", "hi", NOW.plusSeconds(59)))
        .isInstanceOf(Problem.class);
    guard.count("carol", "hi", NOW.plusSeconds(59));
    guard.count("bob", "hi!", NOW.plusSeconds(59));
    guard.count("bob", "hi", NOW.plusSeconds(60));
    assertThatThrownBy(() -> guard.count("bob", "hi", NOW.plusSeconds(61)))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.REPEATED));
  }

  @Test
  void hops_follow_the_chain_and_forget_the_oldest() {
    Hops hops = new Hops();
    assertThat(hops.of(Optional.empty())).isZero();
    assertThat(hops.of(Optional.of("unknown"))).isEqualTo(1);
    hops.note("m", 7);
    assertThat(hops.of(Optional.of("m"))).isEqualTo(8);
    for (int i = 0; i < 10_000; i++) {
      hops.note("other" + i, 1);
    }
    assertThat(hops.of(Optional.of("m"))).isEqualTo(1);
  }

  @Test
  void a_keyring_saves_a_key_before_it_is_used_and_shows_none() {
    List<MeshKey> saved = new ArrayList<>();
    Keyring keyring = new Keyring(List.of(MeshKey.generate(1)), saved::add);
    MeshKey third = MeshKey.generate(3);
    assertThat(keyring.put(third)).isTrue();
    assertThat(keyring.put(MeshKey.generate(3))).isFalse();
    assertThat(saved).containsExactly(third);
    assertThat(keyring.current()).contains(third);
    assertThat(keyring.get(2)).isEmpty();
    assertThat(keyring).hasToString("Keyring[epochs=[1, 3]]");

    Keyring unsaved =
        new Keyring(
            List.of(),
            key -> {
              throw new Problem(ProblemCode.INTERNAL, "disk full");
            });
    assertThatThrownBy(() -> unsaved.put(third)).isInstanceOf(Problem.class);
    assertThat(unsaved.get(3)).isEmpty();
  }

  @Test
  void a_message_never_shows_its_text() {
    assertThat(Outgoing.of("*", "secret words").toString()).doesNotContain("secret words");
    assertThat(new IncomingMessage.Opened("secret words", Optional.empty()).toString())
        .doesNotContain("secret words");
  }

  @Test
  void hellos_of_one_millisecond_differ_and_a_clock_that_was_put_right_is_believed() {
    long[] now = {1_000_000};
    HelloMaker maker =
        new HelloMaker(
            new Identity(
                URI.create("ws://127.0.0.1:1/ws"),
                "mesh",
                "member",
                Keys.generate(),
                Optional.empty()),
            HelloDetails.ofThisProcess(Purpose.COMMAND),
            Keyring.inMemory(),
            () -> Instant.ofEpochMilli(now[0]));

    assertThat(maker.make(Optional.empty()).timestamp()).isEqualTo(1_000_000);
    assertThat(maker.make(Optional.empty()).timestamp()).isEqualTo(1_000_001);
    now[0] = 999_990;
    assertThat(maker.make(Optional.empty()).timestamp()).isEqualTo(1_000_002);
    now[0] = 400_000;
    assertThat(maker.make(Optional.empty()).timestamp()).isEqualTo(400_000);
  }
}
