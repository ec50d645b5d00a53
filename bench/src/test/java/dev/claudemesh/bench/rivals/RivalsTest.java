package dev.claudemesh.bench.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.claudemesh.bench.load.Contender;
import dev.claudemesh.bench.load.MessageRun;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.load.Workload;
import dev.claudemesh.bench.load.Workload.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RivalsTest {
  @Test
  void an_unknown_rival_is_refused_with_those_there_are() {
    assertThatThrownBy(() -> Rivals.installed(List.of("kafka")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rabbitmq, nats, mosquitto");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rabbitmq", "nats", "mosquitto"})
  void a_rival_does_the_same_work_where_it_is_installed(String name) throws Exception {
    List<Contender> rivals = Rivals.installed(List.of(name));
    assumeTrue(!rivals.isEmpty(), name + " is not installed");
    Workload work = new Workload(Kind.DIRECT, 4, 4, 25, 0, 1_100, 8);
    try (TempFolder folder = TempFolder.in(Path.of(System.getProperty("java.io.tmpdir")))) {
      Result result =
          new MessageRun(work, Optional.of(work.atOnce(5)), 60)
              .measure(rivals.getFirst(), folder.path());

      assertThat(result.good()).isTrue();
      assertThat(result.figures())
          .containsEntry("delivered", 100L)
          .containsEntry("shown_twice", 0L)
          .containsEntry("out_of_order", 0L);
      assertThat(result.broker()).doesNotContain("?");
    }
  }
}
