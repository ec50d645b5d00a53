package dev.claudemesh.mcp.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.ConfigFolder;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reminders as a session's tools over a real broker.
@Timeout(120)
class RemindersTest {
  @TempDir private Path config;

  @Test
  void a_session_schedules_lists_and_cancels_and_others_read_what_was_meant_for_them()
      throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      TestMember ada = broker.mesh("remind");
      TestMember bob = broker.member(ada, "bob").withSession();
      join(broker, ada);
      try (TestSocket b = broker.connect(bob);
          StdioServer session =
              StdioServer.start(
                  SessionProgram.command(config),
                  Map.of("HOME", config.toString()),
                  "test",
                  line -> {})) {
        assertThat(call(session, "list_scheduled", "{}")).isEqualTo("Nothing is scheduled.");
        String planned =
            call(session, "schedule_reminder", "{'message':'stand up','in_seconds':1,'to':'bob'}");
        assertThat(planned).startsWith("To be sent to bob at ");
        ObjectNode push = b.next(frame -> frame.path("subtype").asString("").equals("reminder"));
        assertThat(
                Keys.openBox(
                    push.path("nonce").asString(),
                    push.path("ciphertext").asString(),
                    new PublicKey(ada.pubkey()),
                    bob.key()))
            .contains("stand up");

        String repeated =
            call(
                session,
                "schedule_reminder",
                "{'message':'tea','cron':'0 16 * * *','timezone':'Europe/Madrid'}");
        assertThat(repeated).startsWith("To be sent to yourself at ").contains("0 16 * * *");
        Matcher id = Pattern.compile("id ([0-9a-f-]{36})").matcher(repeated);
        assertThat(id.find()).isTrue();
        assertThat(call(session, "list_scheduled", "{}"))
            .contains(id.group(1), "repeated by 0 16 * * * (Europe/Madrid)", "\n    tea");
        assertThat(call(session, "cancel_scheduled", "{'id':'" + id.group(1) + "'}"))
            .isEqualTo("Cancelled.");
        assertThat(call(session, "cancel_scheduled", "{'id':'" + id.group(1) + "'}"))
            .contains("Nothing to cancel");
        assertThat(call(session, "schedule_reminder", "{'message':'x'}"))
            .contains("give one of \"in_seconds\", \"deliver_at\" and \"cron\"");
        assertThat(call(session, "mesh_clock", "{}")).contains("paused: true");
      }
    }
  }

  private void join(TestBroker broker, TestMember member) {
    Membership membership =
        new Membership(
            member.meshId(),
            member.id(),
            member.meshSlug(),
            "remind",
            member.key(),
            broker.wsUrl(),
            Instant.EPOCH,
            Optional.empty(),
            List.of());
    new ConfigFolder(config).config(warning -> {}).update(all -> all.with(membership));
  }

  private static String call(StdioServer session, String tool, String arguments) throws Exception {
    JsonNode answer =
        session
            .call(
                tool,
                (ObjectNode) Wire.mapper().readTree(arguments.replace('\'', '"')),
                Optional.empty())
            .result()
            .get(30, TimeUnit.SECONDS);
    return answer.path("content").path(0).path("text").asString();
  }
}
