package dev.claudemesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.IncomingMessage;
import dev.claudemesh.protocol.client.Keyring;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.streams.StreamEvent;
import dev.claudemesh.protocol.streams.StreamRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a team set going goes on when its broker is killed.
class SurvivalIT {
  private static final long PATIENCE_SECONDS = 60;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final BlockingQueue<JsonNode> data = new LinkedBlockingQueue<>();

  @Test
  void subscriptions_and_schedules_survive_the_kill_of_a_broker() throws Exception {
    Program program = Program.install(folder);
    Process broker = program.start("exec ./claudemesh broker", "ready");
    try {
      ok(program, "./claudemesh create team --as ana");
      try (MeshClient session = session(program)) {
        session.ready(Duration.ofSeconds(PATIENCE_SECONDS));
        session.ask(new StreamRequest.Subscribe("builds"));
        ok(
            program,
            """
            ./claudemesh remind "after the kill" --in 8s
            ./claudemesh remind "every morning" --cron "0 9 * * MON-FRI" --tz Europe/Madrid
            """);
        broker.destroyForcibly().waitFor();
        broker = program.start("exec ./claudemesh broker", "ready");

        assertThat(messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("after the kill");
        JsonNode published;
        do {
          published =
              Wire.mapper()
                  .readTree(ok(program, "./claudemesh stream publish builds green --json"));
        } while (published.path("receivers").asInt() == 0);
        assertThat(data.poll(PATIENCE_SECONDS, TimeUnit.SECONDS).stringValue()).isEqualTo("green");
        assertThat(ok(program, "./claudemesh remind list"))
            .contains("every morning")
            .doesNotContain("after the kill");
        assertThat(messages).as("once").isEmpty();
      }
    } finally {
      Program.end(broker);
    }
  }

  private static String ok(Program program, String script) throws Exception {
    Program.Ended ended = program.run(script);
    assertThat(ended.exit()).as("%s\n%s\n%s", script, ended.out(), ended.err()).isZero();
    return ended.out();
  }

  private MeshClient session(Program program) throws Exception {
    Path config = program.home().resolve(".claudemesh").resolve("config.json");
    Membership member =
        Config.parse(Files.readString(config), config.toString()).memberships().getFirst();
    return MeshClient.builder(
            member.identity(Keys.generate()), HelloDetails.ofThisProcess(Purpose.SESSION))
        .keyring(new Keyring(member.keys(), key -> {}))
        .listener(
            new MeshListener() {
              @Override
              public void message(IncomingMessage message) {
                messages.add(message.text());
              }

              @Override
              public void event(Event event) {
                if (event instanceof StreamEvent.Data published) {
                  data.add(published.data());
                }
              }
            })
        .start();
  }
}
