package dev.claudemesh.broker.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Sends and reads messages over a test's sockets. The broker cannot tell that the bodies are not
/// encrypted.
final class Mail {
  private static final String NONCE = Base64.getEncoder().encodeToString(new byte[24]);
  private static final AtomicLong IDS = new AtomicLong();

  private Mail() {}

  /// A direct `send`, not sent yet.
  static ObjectNode direct(String target, String priority, String text) {
    return message(target, priority, text).put("enc", "box");
  }

  /// A `send` to a group or everyone under the first mesh key.
  static ObjectNode many(String target, String priority, String text) {
    return message(target, priority, text).put("enc", "group").put("epoch", 1);
  }

  private static ObjectNode message(String target, String priority, String text) {
    long id = IDS.incrementAndGet();
    return TestSocket.object("send")
        .put("id", "frame-" + id)
        .put("client_message_id", "client-" + id)
        .put("targetSpec", target)
        .put("priority", priority)
        .put("nonce", NONCE)
        .put(
            "ciphertext",
            Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// Sends and waits for the ack.
  static ObjectNode sent(TestSocket from, ObjectNode send) {
    ObjectNode answer = answered(from, send);
    assertThat(answer.path("type").asString()).as("%s", answer).isEqualTo("ack");
    assertThat(answer.path("queued").asBoolean()).isTrue();
    return answer;
  }

  /// Sends and waits for the error; returns its code.
  static String refused(TestSocket from, ObjectNode send) {
    ObjectNode answer = answered(from, send);
    assertThat(answer.path("type").asString()).as("%s", answer).isEqualTo("error");
    return answer.path("code").asString();
  }

  static ObjectNode answered(TestSocket from, ObjectNode send) {
    from.send(send);
    return from.next(frame ->
        frame.path("id").asString("").equals(send.path("id").asString()) && !isPush(frame));
  }

  static boolean isPush(JsonNode frame) {
    return frame.path("type").asString().equals("push")
        && !frame.path("subtype").asString("").equals("system");
  }

  /// The next message.
  static ObjectNode received(TestSocket to) {
    return to.next(Mail::isPush);
  }

  /// The next messages' texts; each is confirmed.
  static List<String> texts(TestSocket to, int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ObjectNode push = received(to);
      confirm(to, push);
      texts.add(text(push));
    }
    return texts;
  }

  static void confirm(TestSocket to, JsonNode push) {
    to.send(
        TestSocket.object("client_ack").put("brokerMessageId", push.path("messageId").asString()));
  }

  static String text(JsonNode push) {
    return new String(
        Base64.getDecoder().decode(push.path("ciphertext").asString()), StandardCharsets.UTF_8);
  }

  /// That nothing but what came so far was sent to a socket.
  static void nothingFor(TestSocket socket) {
    assertThat(socket.drain().stream().filter(Mail::isPush).map(Mail::text)).isEmpty();
  }

  static void status(TestSocket socket, String status) {
    socket.ask(TestSocket.object("set_status").put("status", status));
  }

  /// The state of each copy of a message as a sender is told, by recipient key.
  static JsonNode report(TestSocket asker, String messageId) {
    return asker.ask(TestSocket.object("message_status").put("messageId", messageId));
  }
}
