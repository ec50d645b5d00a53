package dev.claudemesh.cli.claude;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A scripted Messages API: answers what a real Claude Code asks the model, by rules, and remembers
/// every request. Listens on loopback.
final class FakeMessagesApi implements AutoCloseable {
  private final HttpServer server;
  private final List<Rule> rules = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();

  /// What the model says when something new was said to it that holds a text. Used once.
  ///
  /// @param tool the tool it calls with the input, else it says the text
  /// @param until the answer is held back until this is open
  private record Rule(String when, Optional<String> tool, String said, CountDownLatch until) {}

  FakeMessagesApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// When told something with this text in it, the model calls a tool.
  synchronized void whenTold(String text, String tool, ObjectNode input) {
    rules.add(new Rule(text, Optional.of(tool), input.toString(), new CountDownLatch(0)));
  }

  /// When told something with this text in it, the model thinks until the latch is open.
  synchronized void whenToldWait(String text, CountDownLatch until) {
    rules.add(new Rule(text, Optional.empty(), "DONE", until));
  }

  /// What was said to the model since its last own turn, request by request.
  synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  /// Waits for a request, or finds one that came already.
  ///
  /// @throws AssertionError with all requests if none comes in time
  synchronized String await(Predicate<String> wanted, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    for (; ; ) {
      Optional<String> found = requests.stream().filter(wanted).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("no such request within " + atMost + "; there were " + tails());
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private List<String> tails() {
    return requests.stream().map(text -> text.substring(Math.max(0, text.length() - 700))).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean messages =
        exchange.getRequestMethod().equals("POST")
            && exchange.getRequestURI().getPath().equals("/v1/messages");
    if (!messages) {
      exchange.sendResponseHeaders(exchange.getRequestMethod().equals("HEAD") ? 200 : 404, -1);
      exchange.close();
      return;
    }
    JsonNode call = Wire.mapper().readTree(body);
    Rule rule = ruleFor(newest(call.path("messages")));
    try {
      rule.until().await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    byte[] events =
        events(call.path("model").asString("model"), rule).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, events.length);
    exchange.getResponseBody().write(events);
    exchange.close();
  }

  private synchronized Rule ruleFor(String said) {
    requests.add(said);
    notifyAll();
    Optional<Rule> rule =
        rules.stream().filter(candidate -> said.contains(candidate.when())).findFirst();
    rule.ifPresent(rules::remove);
    return rule.orElse(new Rule("", Optional.empty(), "DONE", new CountDownLatch(0)));
  }

  private static String newest(JsonNode messages) {
    int from = 0;
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i).path("role").asString("").equals("assistant")) {
        from = i + 1;
      }
    }
    StringBuilder said = new StringBuilder();
    for (int i = from; i < messages.size(); i++) {
      said.append(textOf(messages.get(i).path("content"))).append('\n');
    }
    return said.toString();
  }

  private static String textOf(JsonNode content) {
    if (content.isString()) {
      return content.stringValue();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      text.append(part.has("text") ? part.path("text").asString("") : textOf(part.path("content")))
          .append('\n');
    }
    return text.toString();
  }

  private String events(String model, Rule rule) {
    ObjectNode start = Wire.mapper().createObjectNode().put("type", "message_start");
    ObjectNode message = start.putObject("message");
    message
        .put("id", "msg_" + System.nanoTime())
        .put("type", "message")
        .put("role", "assistant")
        .put("model", model);
    message.putArray("content");
    message.putNull("stop_reason").putNull("stop_sequence");
    message.putObject("usage").put("input_tokens", 1).put("output_tokens", 1);
    ObjectNode block =
        Wire.mapper().createObjectNode().put("type", "content_block_start").put("index", 0);
    ObjectNode delta =
        Wire.mapper().createObjectNode().put("type", "content_block_delta").put("index", 0);
    if (rule.tool().isPresent()) {
      ObjectNode use = block.putObject("content_block").put("type", "tool_use");
      use.put("id", "toolu_" + System.nanoTime()).put("name", rule.tool().get()).putObject("input");
      delta.putObject("delta").put("type", "input_json_delta").put("partial_json", rule.said());
    } else {
      block.putObject("content_block").put("type", "text").put("text", "");
      delta.putObject("delta").put("type", "text_delta").put("text", rule.said());
    }
    ObjectNode end = Wire.mapper().createObjectNode().put("type", "message_delta");
    end.putObject("delta")
        .put("stop_reason", rule.tool().isPresent() ? "tool_use" : "end_turn")
        .putNull("stop_sequence");
    end.putObject("usage").put("output_tokens", 5);
    ObjectNode stop =
        Wire.mapper().createObjectNode().put("type", "content_block_stop").put("index", 0);
    StringBuilder events = new StringBuilder();
    for (ObjectNode event :
        List.of(
            start,
            block,
            delta,
            stop,
            end,
            Wire.mapper().createObjectNode().put("type", "message_stop"))) {
      events
          .append("event: ")
          .append(event.path("type").asString())
          .append("\ndata: ")
          .append(event)
          .append("\n\n");
    }
    return events.toString();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
